"""The Python packages of a stage: those that pip installs, by name or from files, and those that COPY brings.

A stage may have packages without an install of its own, if it copies them from another stage.
"""

import posixpath
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from checks.parsing.dockerfile.build_inputs import python_of
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.build_files import Contents, Read
from checks.parsing.packages.carried import installs_in
from checks.parsing.packages.package_steps import PipStep
from checks.parsing.packages.requirements import (
    MAX_REQUIREMENTS,
    RequirementsFile,
    mentioned,
    parse_requirements,
)
from checks.parsing.packages.specifiers import Requirement
from checks.parsing.text.problems import ParseError

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
