"""The installs of a stage: its own, and those of other stages whose packages a COPY or a mount brings."""

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Mount, Run
from checks.parsing.dockerfile.movement import Moves, is_within
from checks.parsing.dockerfile.references import taken_from
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.packages.package_steps import PipStep, installs, pip_steps_of, runs_of
from checks.parsing.packages.pip_places import environments, places, wheels_place
from checks.parsing.text.problems import ParseError

MAX_CARRIED = 1_000  # installs that one stage gets from others, per place


@dataclass(frozen=True, slots=True)
class Carried:
    """A call of pip in `stage`, and the place of its packages in the stage that has them now."""

    stage: Stage
    step: PipStep
    place: str
    wheels: bool = False


def installs_in(stage: Stage) -> tuple[Carried, ...]:
    """Return every `pip install` whose packages are in the stage, those of other stages first; each once.

    `pip wheel` counts if the stage installs the wheels that it collected. Raises ParseError past a limit.
    """
    found = _Carrier(Moves(stage.line)).present(stage)
    used = [entry for entry in found if not entry.wheels or _is_used(entry, found)]
    return tuple({id(entry.step.pip): entry for entry in used}.values())


@dataclass(slots=True)
class _Carrier:
    """Follows installs from stage to stage; `known` has the installs of each stage by its index."""

    moves: Moves
    known: dict[int, list[Carried]] = field(default_factory=dict)

    def present(self, stage: Stage) -> list[Carried]:
        """Return all installs in the stage, one for each place; empty for a stage that copies from itself."""
        if stage.index not in self.known:
            self.known[stage.index] = []
            found = {(id(entry.step.pip), entry.place): entry for entry in self._all(stage)}
            if sum(entry.stage is not stage for entry in found.values()) > MAX_CARRIED:
                raise ParseError(f"stages hand on more than {MAX_CARRIED:,} installs", stage.line)
            self.known[stage.index] = list(found.values())
        return self.known[stage.index]

    def _all(self, stage: Stage) -> Iterator[Carried]:
        for instruction in stage.lineage:
            for source in taken_from(instruction):
                if origin := from_stage(source):
                    yield from self.brought(source, self.present(origin))
        made = environments(stage)
        for run in runs_of(stage):
            for step in pip_steps_of(run):
                yield from _installed(step, stage, made)

    def brought(self, source: CopyOrAdd | Mount, there: list[Carried]) -> Iterator[Carried]:
        """Yield what a COPY brings, and mounted wheels, which a RUN can install; other mounts leave no trace."""
        for entry in there:
            if entry.wheels or isinstance(source, CopyOrAdd):
                for place in self.moves.arrivals(entry.place, source):
                    yield Carried(entry.stage, entry.step, place, entry.wheels)


def brings_packages(entry: Instruction) -> bool:
    """Whether it installs packages, or is a COPY of what pip has installed in another stage."""
    if isinstance(entry, CopyOrAdd) and (origin := from_stage(entry)):
        carrier = _Carrier(Moves(entry.line))
        return any(carrier.brought(entry, carrier.present(origin)))
    return isinstance(entry, Run) and installs(entry)


def _installed(step: PipStep, stage: Stage, made: Collection[str]) -> Iterator[Carried]:
    if wheels := wheels_place(step):
        yield Carried(stage, step, wheels, wheels=True)
    elif step.pip.installs:
        yield from (Carried(stage, step, place) for place in places(step, made))


def _is_used(wheels: Carried, found: list[Carried]) -> bool:
    """Whether a `pip install` names files in the folder of these wheels."""
    installs = (entry.step for entry in found if not entry.wheels)
    return any(is_within(path, wheels.place) for step in installs for path in _paths(step))


def _paths(step: PipStep) -> Iterator[str]:
    for operand in step.pip.arguments.operands[1:]:
        if "/" in operand or operand.endswith((".whl", "*")):
            yield posixpath.normpath(posixpath.join(step.directory, operand))
