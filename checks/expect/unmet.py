"""Commands that are missing or in the wrong order; the message names a misspelt or misplaced one, if any."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from typing import Generic, Protocol, TypeVar

from checks.expect.basics import ABSENT, finds_nothing
from checks.expect.instead import Instead, in_another_stage, is_instruction, other_stages, unread, words
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import AptStep, apt_steps, runs_of, variables_at
from checks.parsing.shell import Command
from checks.parsing.text.expansion import unset_note
from checks.rules.rule import Rule

CUTOFF = 0.82  # `python-pip` is near `python3-pip`, and `python3-dev` is not
LONGEST = 60  # characters of a word; longer words are not compared
_BEHIND_NAME = "=<>~!;[@ "  # characters that may follow the name of a package


class InALine(Protocol):
    """Anything with a line in the Dockerfile."""

    @property
    def line(self) -> int:
        """The line number, 1-based."""


T_co = TypeVar("T_co", bound=InALine, covariant=True)


@dataclass(frozen=True)
class Sought(Generic[T_co]):
    """A command that a Dockerfile must have: `find` finds it in a stage, and `program` is the program it runs.

    `word` distinguishes it from other commands of that program; "" if there is no such word.
    """

    what: str
    find: Callable[[Stage], Iterable[T_co]]
    program: str
    word: str = ""

    def is_written(self, line: str) -> bool:
        """Whether a line that is not a command by itself is a commented-out one, or the rest of one."""
        found = [_name(word) for word in words(line)]
        goes_on = found[:1] == [self.word.lower()] and (
            "==" in line or line.endswith("\\") or len(found) == 1
        )
        is_code = line.startswith("&&") or is_instruction(line) or goes_on
        is_code = is_code or bool(found and found[0].startswith(self.program))
        if self.word:
            return is_code and self.word.lower() in found
        return is_code and any(word.startswith(self.program) for word in found)


def required(sought: Sought[T_co], stage: Stage, help: str) -> Sequence[T_co]:
    """Return all such commands of the stage; if there are none, raise `CheckFailed` that names a near miss."""
    found = tuple(sought.find(stage))
    if not found:
        raise missing(sought, stage, help)
    return found


def finds_nothing_among(rule: Rule, stage: Stage, sought: Sought[InALine]) -> None:
    """Assert that the stage has such a command, and that the rule has no finding."""
    found = required(sought, stage, f"There must be one first; then: {rule.help}")
    finds_nothing(rule, stage, among=found, what=sought.what)


def missing(
    sought: Sought[InALine], stage: Stage, help: str, *, behind: str = "", line: int | None = None
) -> CheckFailed:
    """Return the failure for a missing command; `behind` and `line` name the command that it should follow."""
    places = chain(_elsewhere(sought, stage), _doubtful(stage, sought), unread(stage.file, sought.is_written))
    instead = next(places, Instead(ABSENT, line or 0))
    return CheckFailed(f"{sought.what}{behind}", instead.said, help, line=instead.line or None)


def _elsewhere(sought: Sought[InALine], stage: Stage) -> Iterator[Instead]:
    for other in other_stages(stage):
        for step in sought.find(other):
            yield in_another_stage(f"one in line {step.line}, which", other, step.line)


def unset_of(command: Command, run: Run) -> str:
    """Return a note like `; A is not set` with the variables that a command uses but nothing has set."""
    known = {*variables_at(run), *dict(command.variables)}
    names = dict.fromkeys(name for word in command.words for name in sorted(word.mentions()))
    return unset_note(tuple(name for name in names if name not in known))


def unset_at_line(stage: Stage, line: int | None) -> str:
    """Return the notes of `unset_of` for the commands that begin in this line."""
    notes = (
        unset_of(command, run) for run in runs_of(stage) for command in run.commands if command.line == line
    )
    return "".join(dict.fromkeys(notes))


def _doubtful(stage: Stage, sought: Sought[InALine]) -> Iterator[Instead]:
    """Yield the commands of the stage that resemble it; those with its exact word come first."""
    commands = [(command, run) for run in runs_of(stage) for command in run.commands]
    for command, run in commands:
        if _has(command, run, sought):
            yield Instead(f"`{command}`{_why(command)}{unset_of(command, run)}", command.line)
    for command, run in commands:
        if command.name.startswith(sought.program) and (note := unset_of(command, run)):
            yield Instead(f"`{command}`{note}", command.line)
    for command, run in commands:
        if slip := _slip(command, run, sought):
            yield Instead(f"`{command}`: `{slip}` is not `{sought.word}`", command.line)


def _has(command: Command, run: Run, sought: Sought[InALine]) -> bool:
    if not sought.word:
        return command.name.startswith(sought.program)
    return any(_name(field) == sought.word.lower() for field in command.expand(variables_at(run))[1:])


def _slip(command: Command, run: Run, sought: Sought[InALine]) -> str:
    fields = command.expand(variables_at(run))[1:] if sought.word else ()
    names = [name for field in fields if len(name := _name(field)) <= LONGEST]
    return next(iter(get_close_matches(sought.word.lower(), names, n=1, cutoff=CUTOFF)), "")


def _name(field: str) -> str:
    """Return the package's name in lower case: `fastapi` for `FastAPI[all]>=1`."""
    end = next((at for at, sign in enumerate(field) if sign in _BEHIND_NAME), len(field))
    return field[:end].lower()


def _why(command: Command) -> str:
    if not command.runs:
        return " may never run: it hangs on what stands before it"
    return ", which is not one"


@dataclass(frozen=True)
class Step:
    """A step of a sequence of apt commands: its name, its predicate, and the word that identifies it."""

    what: str
    is_it: Callable[[AptStep], bool]
    word: str


def in_order(stage: Stage, steps: Sequence[Step]) -> None:
    """Assert that each step follows the one before it; the message names a step that is missing or too early."""
    rest, behind, help = list(apt_steps(stage)), "", "The order matters: it is the first of them."
    last: int | None = None
    for step in steps:
        index = next((number for number, entry in enumerate(rest) if step.is_it(entry)), None)
        if index is None:
            raise _failed(stage, step, behind, help, last)
        last = rest[index].line
        behind, help = f" behind line {last} ({step.what})", f"Add it below line {last}: the order matters."
        rest = rest[index + 1 :]


def _failed(stage: Stage, step: Step, behind: str, help: str, last: int | None) -> CheckFailed:
    early = ", ".join(str(entry.line) for entry in apt_steps(stage) if step.is_it(entry))
    if early:
        said = f"one in line {early}, which is too early"
        return CheckFailed(f"{step.what}{behind}", said, help, line=last)
    sought = Sought(step.what, lambda each: filter(step.is_it, apt_steps(each)), "apt", step.word)
    return missing(sought, stage, help, behind=behind, line=last)
