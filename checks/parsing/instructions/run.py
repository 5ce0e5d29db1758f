"""RUN: what the shell gets, and what is mounted for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.errors import ParseError
from checks.parsing.instructions.command import CommandLine, command_line
from checks.parsing.linemap import LineMap
from checks.parsing.mounts import Mount, read_mount
from checks.parsing.problems import Refused
from checks.parsing.script import Script, script_of
from checks.parsing.shell.allowance import Allowance
from checks.parsing.state import State

if TYPE_CHECKING:
    from checks.parsing.context import Context
    from checks.parsing.shell import Command

__all__ = ["Mount", "Run"]


@dataclass(frozen=True)  # no slots: what the script does is read once, when somebody asks
class Run(CommandLine):
    """`RUN command`. `script` is what the shell gets: one line, or the body of a heredoc.

    `script_lines` maps an offset in `script` to its line in the file.
    """

    KEYWORD = "RUN"
    FLAGS: ClassVar[Mapping[str, str]] = {
        "mount": "many",
        "device": "many",
        "network": "one",
        "security": "one",
    }

    mounts: tuple[Mount, ...]
    network: str
    security: str
    script_lines: LineMap
    allowance: Allowance = field(repr=False, compare=False)

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        network, security = context.flag("network") or "default", context.flag("security") or "sandbox"
        if network not in {"default", "none", "host"} or security not in {"sandbox", "insecure"}:
            raise Refused("--network is default, none or host; --security is sandbox or insecure")
        form, argv, _ = command_line(context.arguments, context.state)
        script = script_of(context.statement, context.arguments)
        return cls(
            *cls.common(context),
            form=form,
            argv=argv if form == "exec" else (*context.state.shell, script.text),
            script=script.text if form == "shell" else "",
            mounts=tuple(read_mount(value or "", context) for key, value in context.flags if key == "mount"),
            network=network,
            security=security,
            script_lines=script.places,
            allowance=context.dialect.shell,
        )

    def after(self) -> State:
        """The same, but that it is known where users may come from."""
        makes = any("user" in word or "passwd" in word for word in (self.script, *self.argv))
        return self.state.but(made_users=self) if makes else self.state

    @property
    def commands(self) -> "tuple[Command, ...]":
        """The simple commands that it runs; none when its shell is none (python, powershell).

        Raises ParseError, with the line, for a script that no shell would run.
        """
        if isinstance(self._read, ParseError):
            raise ParseError(self._read.message, self._read.line)
        return self._read

    @cached_property
    def _read(self) -> "tuple[Command, ...] | ParseError":
        """Every check asks, so a failure is kept too."""
        from checks.parsing.commands import commands_of

        script = Script(self.script, self.script_lines)
        try:
            return commands_of(self.form, self.argv, script, self.line, self.allowance)
        except ParseError as error:
            return error
