"""Packages in an image without an install of its own: another stage installed them, and COPY brought them."""

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from checks.parsing.errors import ParseError
from checks.parsing.instructions import CopyOrAdd, Mount
from checks.parsing.movement import arrivals, is_within
from checks.parsing.pipplaces import environments, places, wheels_place
from checks.parsing.references import taken_from
from checks.parsing.software import PipStep, pip_steps_of, runs_of
from checks.parsing.stages import Stage

MAX_CARRIED = 1_000  # installs that one stage has of others, each by each way


@dataclass(frozen=True, slots=True)
class Carried:
    """A call of pip in `stage`, and where its packages are in the stage that is asked about."""

    stage: Stage
    step: PipStep
    place: str
    wheels: bool = False


def installs_in(stage: Stage) -> tuple[Carried, ...]:
    """Every `pip install` whose packages are in the stage, those of other stages first; each once.

    A `pip wheel` is among them when the stage installs what it collected. Raises ParseError past a limit.
    """
    found = _present(stage, {})
    used = [entry for entry in found if not entry.wheels or _is_used(entry, found)]
    return tuple({id(entry.step.pip): entry for entry in used}.values())


def _present(stage: Stage, known: dict[int, list[Carried]]) -> list[Carried]:
    """All that is there, by the places where it is; of a stage that waits for itself, nothing."""
    if stage.index in known:
        return known[stage.index]
    known[stage.index] = []
    found = {(id(entry.step.pip), entry.place): entry for entry in _all(stage, known)}
    if sum(entry.stage is not stage for entry in found.values()) > MAX_CARRIED:
        raise ParseError(f"stages hand on more than {MAX_CARRIED:,} installs", stage.line)
    known[stage.index] = list(found.values())
    return known[stage.index]


def _all(stage: Stage, known: dict[int, list[Carried]]) -> Iterator[Carried]:
    for instruction in stage.lineage:
        for source in taken_from(instruction):
            if source.from_stage:
                yield from _brought(source, _present(source.from_stage, known))
    made = environments(stage)
    for run in runs_of(stage):
        for step in pip_steps_of(run):
            yield from _installed(step, stage, made)


def _installed(step: PipStep, stage: Stage, made: Collection[str]) -> Iterator[Carried]:
    if wheels := wheels_place(step):
        yield Carried(stage, step, wheels, wheels=True)
    elif step.pip.installs:
        yield from (Carried(stage, step, place) for place in places(step, made))


def _brought(source: CopyOrAdd | Mount, there: list[Carried]) -> Iterator[Carried]:
    """What a COPY brings stays; of what is mounted, only wheels matter: they are installed while it lasts."""
    for entry in there:
        if entry.wheels or isinstance(source, CopyOrAdd):
            for place in arrivals(entry.place, source):
                yield Carried(entry.stage, entry.step, place, entry.wheels)


def _is_used(wheels: Carried, found: list[Carried]) -> bool:
    """Whether a pip install names files of that folder."""
    installs = (entry.step for entry in found if not entry.wheels)
    return any(is_within(path, wheels.place) for step in installs for path in _paths(step))


def _paths(step: PipStep) -> Iterator[str]:
    for operand in step.pip.arguments.operands[1:]:
        if "/" in operand or operand.endswith((".whl", "*")):
            yield posixpath.normpath(posixpath.join(step.run.state.directory, operand))
