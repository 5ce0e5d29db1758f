"""The Python packages of a stage: those that pip installs, by name or from files, and those that COPY brings.

A stage may have packages without an install of its own, if it copies them from another stage.
"""

import posixpath
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from checks.parsing.dockerfile.build_inputs import python_of
from checks.parsing.dockerfile.instructions import CopyOrAdd, Mount
from checks.parsing.dockerfile.movement import Moves, is_within
from checks.parsing.dockerfile.references import taken_from
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.packages.build_files import Contents, Read
from checks.parsing.packages.package_steps import PipStep, pip_steps_of, runs_of
from checks.parsing.packages.pip_places import environments, places, wheels_place
from checks.parsing.packages.requirements import (
    MAX_REQUIREMENTS,
    RequirementsFile,
    mentioned,
    parse_requirements,
)
from checks.parsing.packages.specifiers import Requirement
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
                    yield from self._brought(source, self.present(origin))
        made = environments(stage)
        for run in runs_of(stage):
            for step in pip_steps_of(run):
                yield from _installed(step, stage, made)

    def _brought(self, source: CopyOrAdd | Mount, there: list[Carried]) -> Iterator[Carried]:
        """Yield what a COPY brings, and mounted wheels, which a RUN can install; other mounts leave no trace."""
        for entry in there:
            if entry.wheels or isinstance(source, CopyOrAdd):
                for place in self.moves.arrivals(entry.place, source):
                    yield Carried(entry.stage, entry.step, place, entry.wheels)


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
            yield posixpath.normpath(posixpath.join(step.run.state.directory, operand))


MAX_SEARCHED = 100_000  # bytes of one list that are searched for comments
MAX_LISTS = 50  # requirements files that are read for one stage, included ones too


@dataclass(frozen=True, slots=True)
class PlacedRequirement:
    """One requirement and its file, which is "" for the Dockerfile itself.

    `line` is always the line of the install in the Dockerfile. `python` is the Python that it is installed for,
    as precise as the call or the base image says (`python3.8`, `3.8.12`).
    """

    requirement: Requirement
    file: str
    line: int
    python: str = ""


def requirements_of(stage: Stage, context: Read) -> tuple[PlacedRequirement, ...]:
    """Return every requirement of every `pip install` whose packages the stage has; skip missing files.

    Raises ParseError past a limit.
    """
    lists, found = _Lists(context), list[PlacedRequirement]()
    for entry in installs_in(stage):
        lists.stage = entry.stage
        for asked in _asked(entry.step, lists, entry.step.pip.python or python_of(entry.stage)):
            found.append(asked)
            if len(found) > MAX_REQUIREMENTS:
                raise ParseError(f"pip is asked for more than {MAX_REQUIREMENTS:,} packages", entry.step.line)
    return tuple(found)


def lists_not_found(stage: Stage, context: Read) -> Iterator[tuple[str, PipStep]]:
    """Yield the requirements files that a `pip install` of the stage names, but that do not exist then."""
    for entry in installs_in(stage):
        for path in entry.step.pip.requirement_files[:MAX_LISTS]:
            if Contents(entry.stage, context).read(path, entry.step.run) is None:
                yield path, entry.step


def comments_with(name: str, stage: Stage, context: Read) -> Iterator[tuple[str, str, PipStep]]:
    """Yield comments in requirements files that begin with this name: file, text, and the call that reads it."""
    for entry in installs_in(stage):
        for path in entry.step.pip.requirement_files[:MAX_LISTS]:
            file, data = Contents(entry.stage, context).read(path, entry.step.run) or ("", b"")
            for line in data[:MAX_SEARCHED].decode("utf-8", "replace").splitlines():
                bare = line.strip()
                if bare.startswith("#") and canonicalize_name(bare.lstrip("# ")).startswith(name):
                    yield file, bare, entry.step


def _asked(step: PipStep, lists: "_Lists", python: str) -> Iterator[PlacedRequirement]:
    for requirement in step.pip.requirements:
        yield PlacedRequirement(requirement, "", step.line, python)
    waiting, seen = deque(step.pip.requirement_files), set[str]()
    while waiting:
        path = waiting.popleft()
        found = lists.read(path, step) if path not in seen else None
        seen.add(path)
        if found is None:
            continue
        # pip resolves an included path relative to the file that includes it.
        waiting += [posixpath.join(posixpath.dirname(path), included) for included, _ in found.includes]
        yield from (
            PlacedRequirement(requirement, found.path, step.line, python)
            for requirement in found.requirements
        )


@dataclass(slots=True)
class _Lists:
    """The requirements files of a build, each parsed once for each set of the variables that it uses."""

    context: Read
    stage: Stage | None = None  # in which they are searched
    count: int = 0
    parsed: dict[tuple[str, bytes, tuple[str | None, ...]], RequirementsFile] = field(default_factory=dict)

    def read(self, path: str, step: PipStep) -> RequirementsFile | None:
        """Return one file, as this call of pip finds it, or None. Raises ParseError past a limit."""
        self.count += 1
        if self.count > MAX_LISTS:
            raise ParseError(f"pip is given more than {MAX_LISTS} lists of requirements", step.line)
        found = Contents(self.stage, self.context).read(path, step.run) if self.stage else None
        if found is None:
            return None
        name, data = found
        key = (name, data, tuple(map(step.pip.environment.get, mentioned(data))))
        if key not in self.parsed:
            self.parsed[key] = parse_requirements(data, name, environment=step.pip.environment)
        return self.parsed[key]
