"""The Python packages of a stage: those it asks pip for, requirements files followed, and those that COPY brings.

A stage may have packages without an install of its own: another stage installed them.
"""

import posixpath
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from checks.parsing.dockerfile.build_inputs import python_of
from checks.parsing.dockerfile.instructions import CopyOrAdd, Mount
from checks.parsing.dockerfile.movement import arrivals, is_within
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
            if origin := from_stage(source):
                yield from _brought(source, _present(origin, known))
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


MAX_SEARCHED = 100_000  # bytes of one list that are searched for a message
MAX_LISTS = 50  # lists of requirements that are read for one stage, those that others include too


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement, and where it stands: `file` is "" for the Dockerfile itself.

    `line` is that of the install in the Dockerfile, whatever file the requirement is in. `python` is the Python
    that it is installed for, as far as the call or the base image tells (`python3.8`, `3.8.12`).
    """

    requirement: Requirement
    file: str
    line: int
    python: str = ""


def requirements_of(stage: Stage, context: Read) -> tuple[Asked, ...]:
    """Every requirement of every `pip install` whose packages the stage has; a file that is not found has none.

    Raises ParseError for what passes a limit.
    """
    lists, found = _Lists(context), list[Asked]()
    for entry in installs_in(stage):
        lists.stage = entry.stage
        for asked in _asked(entry.step, lists, entry.step.pip.python or python_of(entry.stage)):
            found.append(asked)
            if len(found) > MAX_REQUIREMENTS:
                raise ParseError(f"pip is asked for more than {MAX_REQUIREMENTS:,} packages", entry.step.line)
    return tuple(found)


def lists_not_found(stage: Stage, context: Read) -> Iterator[tuple[str, PipStep]]:
    """The lists that a `pip install` of the stage is given, and that are not there by then."""
    for entry in installs_in(stage):
        for path in entry.step.pip.requirement_files[:MAX_LISTS]:
            if Contents(entry.stage, context).read(path, entry.step.run) is None:
                yield path, entry.step


def comments_with(name: str, stage: Stage, context: Read) -> Iterator[tuple[str, str, PipStep]]:
    """Comments of its lists that begin with this name: the file, the line of it, and the call that reads it."""
    for entry in installs_in(stage):
        for path in entry.step.pip.requirement_files[:MAX_LISTS]:
            file, data = Contents(entry.stage, context).read(path, entry.step.run) or ("", b"")
            for line in data[:MAX_SEARCHED].decode("utf-8", "replace").splitlines():
                bare = line.strip()
                if bare.startswith("#") and canonicalize_name(bare.lstrip("# ")).startswith(name):
                    yield file, bare, entry.step


def _asked(step: PipStep, lists: "_Lists", python: str) -> Iterator[Asked]:
    for requirement in step.pip.requirements:
        yield Asked(requirement, "", step.line, python)
    waiting, seen = deque(step.pip.requirement_files), set[str]()
    while waiting:
        path = waiting.popleft()
        found = lists.read(path, step) if path not in seen else None
        seen.add(path)
        if found is None:
            continue
        # pip takes a list that another one includes from beside that one.
        waiting += [posixpath.join(posixpath.dirname(path), included) for included, _ in found.includes]
        yield from (Asked(requirement, found.path, step.line, python) for requirement in found.requirements)


@dataclass(slots=True)
class _Lists:
    """The lists of requirements of a build, each parsed once for the variables that it names."""

    context: Read
    stage: Stage | None = None  # in which they are looked for
    count: int = 0
    parsed: dict[tuple[str, bytes, tuple[str | None, ...]], RequirementsFile] = field(default_factory=dict)

    def read(self, path: str, step: PipStep) -> RequirementsFile | None:
        """One of them, as this call of pip finds it; None when it is not to be found."""
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
