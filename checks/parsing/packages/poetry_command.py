"""Parse calls of Poetry, also as `python -m poetry`; the options are those of Poetry 1 and 2."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import directories, runs_of, variables_at
from checks.parsing.shell import Command
from checks.parsing.shell.options import Arguments, read_arguments

MAIN = "main"
_IN_ITS_OWN = re.compile(r"poetry(?:[=@<>~!].*)?")  # the package that uvx and pipx run
_PYTHON = re.compile(r"python[0-9.]*")
# The options that take a value, from `poetry install --help` and `poetry add --help`.
_VALUED = frozenset(
    {
        "-C", "--directory", "-P", "--project", "--without", "--with", "--only", "-E", "--extras",
        "-G", "--group", "--platform", "--python", "--source", "--markers",
    }
)  # fmt: skip
_PLACES = ("-C", "--directory", "-P", "--project")
_IDLE = frozenset({"--dry-run", "--help", "-h", "--version", "-V", "--only-root"})


@dataclass(frozen=True, slots=True)
class PoetryCommand:
    """One call of Poetry, its variables expanded."""

    command: Command
    subcommand: str
    arguments: Arguments

    @property
    def line(self) -> int:
        """The 1-based line of the command."""
        return self.command.line

    @property
    def installs(self) -> bool:
        """Whether it installs the packages of the lock file."""
        return self.subcommand in {"install", "sync"} and not self.arguments.has(*_IDLE)

    @property
    def adds(self) -> bool:
        """Whether it installs the named packages and adds them to the project file."""
        return self.subcommand == "add" and not self.arguments.has(*_IDLE, "--lock")

    def takes(self, group: str) -> bool:
        """Whether an install includes a non-optional group, as in Poetry's `activated_groups`."""
        only = self._groups("--only") | ({MAIN} if self.arguments.has("--no-dev") else set())
        if only:
            return group in only
        return group not in self._groups("--without")

    def _groups(self, option: str) -> set[str]:
        """Return the groups of one option; `--only main,docs` has two."""
        given = (name for value in self.arguments.values(option) for name in value.split(","))
        return {canonicalize_name(name.strip()) for name in given if name.strip()}


def poetry_command(command: Command, run: Run) -> PoetryCommand | None:
    """Parse a call of Poetry; None for another command."""
    words = command.expand(variables_at(run))
    start = _program(words)
    if start is None:
        return None
    arguments = read_arguments(words[start:], _VALUED)
    return PoetryCommand(command, next(iter(arguments.operands), ""), arguments)


def poetry_installs(stage: Stage) -> tuple[tuple[Run, str], ...]:
    """Return every RUN in which Poetry installs, with the directory where it looks for its project."""
    calls = (
        (run, places[id(command)], poetry_command(command, run))
        for run in runs_of(stage)
        for places in (directories(run),)
        for command in run.commands
        if command.runs
    )
    return tuple(
        (run, posixpath.join(directory, *call.arguments.values(*_PLACES)))
        for run, directory, call in calls
        if call and call.installs
    )


def poetry_commands(stage: Stage) -> tuple[PoetryCommand, ...]:
    """Return every call of Poetry in a successful build of the stage, in order."""
    return tuple(_commands(stage))


def _commands(stage: Stage) -> Iterator[PoetryCommand]:
    for run in runs_of(stage):
        for command in run.commands:
            found = poetry_command(command, run) if command.runs else None
            if found is not None:
                yield found


def run_by_poetry(command: Command, run: Run) -> Command:
    """Return the command that `poetry run` runs; any other command is returned unchanged."""
    poetry = poetry_command(command, run)
    if poetry is None or poetry.subcommand != "run":
        return command
    at = command.argv.index("run") + 1 if "run" in command.argv else len(command.words)
    return replace(command, words=command.words[at:])


def after_poetry_run(argv: Sequence[str]) -> Sequence[str] | None:
    """Return the words after `poetry run`, which may be empty; None for another command line."""
    start = _program(argv)
    if start is None:
        return None
    for at, word in enumerate(argv[start:], start=start):
        if not word.startswith("-"):
            return argv[at + 1 :] if word == "run" else None
    return None


def _program(words: Sequence[str]) -> int | None:
    """Return the index of Poetry's first argument, or None for another program."""
    match [words[0].rsplit("/", 1)[-1], *words[1:4]] if words else []:
        case ["poetry", *_]:
            return 1
        case ["uvx", name, *_] | ["pipx", "run", name, *_] | ["uv", "tool", "run", name] if (
            _IN_ITS_OWN.fullmatch(name)
        ):
            return words.index(name) + 1
        case [python, "-m", "poetry", *_] if _PYTHON.fullmatch(python):
            return 3
        case [python, "-mpoetry", *_] if _PYTHON.fullmatch(python):
            return 2
    return None
