"""The Python packages that a stage asks pip for, requirements files followed."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from checks.parsing.contents import Contents, Read
from checks.parsing.requirements import parse_requirements
from checks.parsing.software import PipStep, pip_installs
from checks.parsing.specifiers import Requirement
from checks.parsing.stages import Stage

MAX_FILES = 50  # requirements files that one install may lead to


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement, and where it stands: `file` is "" for the Dockerfile itself.

    `line` is that of the install in the Dockerfile, whatever file the requirement is in.
    """

    requirement: Requirement
    file: str
    line: int


def requirements_of(stage: Stage, context: Read) -> tuple[Asked, ...]:
    """Every requirement of every `pip install`, in order; a file that cannot be found asks for nothing."""
    contents = Contents(stage, context)
    return tuple(asked for step in pip_installs(stage) for asked in _asked(step, contents))


def _asked(step: PipStep, contents: Contents) -> Iterator[Asked]:
    for requirement in step.pip.requirements:
        yield Asked(requirement, "", step.line)
    waiting, seen = list(step.pip.requirement_files), set[str]()
    while waiting and len(seen) < MAX_FILES:
        path = waiting.pop(0)
        found = contents.read(path, step.run) if path not in seen else None
        seen.add(path)
        if found is None:
            continue
        name, data = found
        file = parse_requirements(data, name, environment=step.pip.environment)
        # pip takes a list that another one includes from beside that one.
        waiting += [posixpath.join(posixpath.dirname(path), included) for included, _ in file.includes]
        yield from (Asked(requirement, name, step.line) for requirement in file.requirements)
