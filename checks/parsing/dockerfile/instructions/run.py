"""RUN: its script, its mounts, and the shell commands in the script.

Only this module connects the Dockerfile parser to the shell parser. A `MappedScript` maps each character that the
shell gets to its line in the file.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.dockerfile.heredoc import Heredoc, opener_of
from checks.parsing.dockerfile.instructions.command import CommandLine, command_line
from checks.parsing.dockerfile.mounts import Mount, read_mount
from checks.parsing.dockerfile.state import Scope, State
from checks.parsing.shell import Allowance, Command, ScriptFile, ScriptFiles, shell_options, split
from checks.parsing.shell.script_files import PATH
from checks.parsing.shell.wrappers import SHELLS, basename
from checks.parsing.text.decoding import LineMap
from checks.parsing.text.problems import ParseError, Refused

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context
    from checks.parsing.dockerfile.reader import Statement


# Where a line break would change the meaning: in single quotes, in a comment, after a backslash.
_UNBREAKABLE = re.compile(r"""'[^']*+'?|"(?:\\.|[^"\\])*+"?|\\.|(?<![^\s;&|()])#[^\n]*+""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MappedScript:
    """The script of a RUN; `places` maps the offsets of `text` to lines of the file."""

    text: str
    places: LineMap

    def in_lines(self) -> tuple[str, Callable[[int], int]]:
        r"""Return the script with "\" and a line break where the file starts a new line, and a mapping.

        The mapping takes a 1-based line of that text and returns its line in the file.
        """
        spans = iter(_UNBREAKABLE.finditer(self.text))
        span = next(spans, None)
        pieces: list[str] = []
        lines = [self.places.line_of(0)]
        done = 0
        for offset, line in self._starts():
            while span and span.end() <= offset:
                span = next(spans, None)
            written = self.text[offset - 1] == "\n"
            if not written and span and span.start() < offset and span.group()[0] != '"':
                continue
            pieces += self.text[done:offset], "" if written else "\\\n"
            lines.append(line)
            done = offset
        return "".join(pieces) + self.text[done:], lambda number: lines[min(number, len(lines)) - 1]

    def _starts(self) -> list[tuple[int, int]]:
        """Return the offset and number of each line of the file after the first, each offset once."""
        return sorted(
            {offset: line for offset, line in self.places.pairs() if 0 < offset < len(self.text)}.items()
        )


def script_of(statement: "Statement", arguments: str) -> MappedScript:
    """Return the script of a RUN whose value without its flags is `arguments`.

    `RUN <<EOF` runs the body; in `RUN cat <<EOF > file` the shell gets the line and the bodies.
    """
    shift = statement.value.rfind(arguments) if arguments else 0
    line = MappedScript(arguments, LineMap.of(statement.places.pairs(-shift)))
    if not statement.heredocs:
        return line
    opener = opener_of(arguments)
    if opener is not None and len(statement.heredocs) == 1:
        return _body(statement.heredocs[0])
    pieces, starts, length = [arguments, "\n"], list(line.places.pairs()), len(arguments) + 1
    for heredoc in statement.heredocs:
        text = f"{heredoc.body}{heredoc.name}\n"
        starts += _body(heredoc).places.pairs(length)
        starts.append((length + len(heredoc.body), heredoc.first_line + heredoc.body.count("\n")))
        length += len(text)
        pieces.append(text)
    return MappedScript("".join(pieces), LineMap.of(starts))


def _body(heredoc: Heredoc) -> MappedScript:
    starts = [(0, heredoc.first_line)]
    for number, line in enumerate(heredoc.body.split("\n")[:-1], 1):
        starts.append((starts[-1][0] + len(line) + 1, heredoc.first_line + number))
    return MappedScript(heredoc.body, LineMap.of(starts))


class _Files(Mapping[str, ScriptFile]):
    """The scripts that heredocs have written before a RUN; each is looked up when a command runs it."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, path: str) -> ScriptFile:
        found = self._scope.setting(path)
        if found is None:
            raise KeyError(path)
        return ScriptFile(found.value, found.line)

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope)

    def __len__(self) -> int:
        return len(self._scope)


def commands_of(run: "Run", script: MappedScript) -> tuple[Command, ...]:
    """Return the commands of a RUN. Raises ParseError for a script that no shell runs."""
    files = ScriptFiles(_Files(run.state.files), run.state.directory, run.state.environment.get("PATH", PATH))
    if run.form == "exec":
        return split(shlex.join(run.argv), line_of=lambda _: run.line, files=files, allowance=run.allowance)
    shell, *options = run.argv[:-1]
    if basename(shell) not in SHELLS:
        return ()
    text, line_of = script.in_lines()
    told = shell_options([shell, *options])
    return split(text, line_of=line_of, options=told, files=files, allowance=run.allowance)


__all__ = ["Mount", "Run"]


@dataclass(frozen=True)  # no slots: `cached_property` needs a `__dict__`
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
        """Return the state; `made_users` is this RUN if it may create users."""
        makes = any("user" in word or "passwd" in word for word in (self.script, *self.argv))
        return self.state.but(made_users=self) if makes else self.state

    @property
    def commands(self) -> "tuple[Command, ...]":
        """The simple commands that it runs; empty if SHELL is not a shell (python, powershell).

        Raises ParseError, with the line, for a script that no shell runs.
        """
        if isinstance(self._read, ParseError):
            raise ParseError(self._read.message, self._read.line)
        return self._read

    @cached_property
    def _read(self) -> "tuple[Command, ...] | ParseError":
        """The commands, or the error: every check asks for them, so a failure is cached too."""
        script = MappedScript(self.script, self.script_lines)
        try:
            return commands_of(self, script)
        except ParseError as error:
            return error
