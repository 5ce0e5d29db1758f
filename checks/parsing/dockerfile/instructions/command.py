"""CMD, ENTRYPOINT, HEALTHCHECK and SHELL: what the container runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from checks.parsing.dockerfile.instruction import Instruction
from checks.parsing.dockerfile.state import Setting, State
from checks.parsing.dockerfile.values import nanoseconds, strings
from checks.parsing.text.decoding import SPACE
from checks.parsing.text.problems import Refused

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context

Form = Literal["exec", "shell"]
SHORTEST = 10**6  # nanoseconds: one millisecond
MOST_RETRIES = 2**31 - 1
_RETRIES = re.compile(r"[+]?[0-9]{1,10}|-0{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CommandLine(Instruction):
    """`argv` is what the engine starts: the JSON form as written, or the shell in force and the text."""

    form: Form
    argv: tuple[str, ...]
    script: str  # the text that the shell gets; empty in exec form

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        return cls(*cls.common(context), *command_line(context.arguments, context.state))


def command_line(text: str, state: State) -> tuple[Form, tuple[str, ...], str]:
    """Return the form, argv and script of one command line."""
    argv = strings(text)
    if argv is not None:
        return "exec", argv, ""
    return "shell", (*state.shell, text), text


@dataclass(frozen=True, slots=True)
class Cmd(CommandLine):
    """`CMD [...]`: the default command, or the default arguments of the ENTRYPOINT."""

    KEYWORD = "CMD"

    def after(self) -> State:
        return self.state.but(cmd=self, cmd_is_own=True)


@dataclass(frozen=True, slots=True)
class Entrypoint(CommandLine):
    """`ENTRYPOINT [...]`: clears a CMD inherited from the base, and keeps one of this stage."""

    KEYWORD = "ENTRYPOINT"

    def after(self) -> State:
        return self.state.but(entrypoint=self, cmd=self.state.cmd if self.state.cmd_is_own else None)


@dataclass(frozen=True, slots=True)
class Healthcheck(CommandLine):
    """`HEALTHCHECK CMD ...`, or `HEALTHCHECK NONE`, which sets `disabled`. Options are in `flags`."""

    KEYWORD = "HEALTHCHECK"
    FLAGS: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("interval", "timeout", "start-period", "start-interval", "retries"), "one"
    )

    disabled: bool

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        kind, *rest = context.arguments.split(maxsplit=1)[:2] or [""]
        text = rest[0].strip(SPACE) if rest else ""
        if kind.upper() not in {"CMD", "NONE"} or (kind.upper() == "CMD") != bool(text):
            raise Refused("HEALTHCHECK is followed by CMD and a command, or by NONE alone")
        for name, value in context.flags:
            _check_option(name, value or "")
        line = command_line(text, context.state) if text else ("exec", (), "")
        return cls(*cls.common(context), *line, not text)

    def after(self) -> State:
        return self.state.but(healthcheck=self)


def _check_option(name: str, value: str) -> None:
    """Raise Refused for invalid retries, and for an invalid or too short time; "" leaves the option unset."""
    if not value:
        return
    if name == "retries":
        if not _RETRIES.fullmatch(value) or int(value) > MOST_RETRIES:
            raise Refused(f"--retries is a whole number, not `{value}`")
        return
    found = nanoseconds(value)
    if found is None or (found and found < SHORTEST):
        raise Refused(f"--{name} is a time of 1ms or more with its unit, 5s or 1m30s, not `{value}`")


@dataclass(frozen=True, slots=True)
class Shell(Instruction):
    """`SHELL ["/bin/bash", "-c"]`: the shell that runs the shell forms below it."""

    KEYWORD = "SHELL"

    argv: tuple[str, ...]

    @classmethod
    def read(cls, context: "Context") -> Self:
        context.check_flags(cls.FLAGS)
        argv = strings(context.arguments)
        if not argv:
            raise Refused('SHELL requires the JSON form: SHELL ["/bin/bash", "-c"]')
        return cls(*cls.common(context), argv)

    def after(self) -> State:
        return self.state.but(shell_setting=Setting(self.argv, self))
