"""Assertions about commands that must come one behind the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checks.expect.failure import CheckFailed
from checks.expect.unmet import Sought, missing
from checks.parsing.software import AptStep, apt_steps
from checks.parsing.stages import Stage


@dataclass(frozen=True)
class Step:
    """One of them: what it is called, which call it is, and the word that tells it from others."""

    what: str
    is_it: Callable[[AptStep], bool]
    word: str


def in_order(stage: Stage, steps: Sequence[Step]) -> None:
    """Each step is found behind the one before it; says which is missing or too early, and behind what."""
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
