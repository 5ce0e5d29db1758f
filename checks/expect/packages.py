"""Assertions about the Python packages that pip installs into an image."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from checks.expect.instead import Instead
from checks.expect.service import left_out, pinned
from checks.expect.unmet import Sought, missing, unset_at_line
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.build_files import Read
from checks.parsing.packages.carried import installs_in
from checks.parsing.packages.installers import installer
from checks.parsing.packages.package_steps import (
    PipStep,
    pip_installs,
    pip_steps_of,
    runs_of,
    variables_at,
)
from checks.parsing.packages.pip_places import environments, places
from checks.parsing.packages.pip_requirements import (
    PlacedRequirement,
    comments_with,
    lists_not_found,
    requirements_of,
)
from checks.parsing.packages.specifiers import Requirement, parse_requirement
from checks.sanitize import shortened

CUTOFF = 0.75
_OTHERS = frozenset({"conda", "mamba", "micromamba", "pdm", "pipenv", "poetry", "uv"})
_PACKERS = frozenset({"pex", "shiv"})  # they write packages into one archive
ANY_VERSION = (
    "Ask for it in an exact version: `pip freeze` shows what is installed, and what that has brought along."
)
NOT_TAKEN = (
    "no such file is there: the README names what is taken from you, and `.dockerignore` may leave it out"
)


def packages_pinned(stage: Stage, context: Read, packages: Sequence[str], python: str = "") -> None:
    """Assert that pip is asked for exactly these requirements, directly or in requirements files.

    `python` is the Python of the base image if its name does not tell.
    """
    seen_by_pip(stage)
    asked = requirements_of(stage, context)
    for wanted in map(parse_requirement, packages):
        asked_for(wanted, stage, context, asked)
        _pinned(stage, asked, wanted, python)
        _kept(stage, asked, wanted)


def seen_by_pip(stage: Stage) -> None:
    """Assert that the shell takes no version for a redirection."""
    for step in (entry.step for entry in installs_in(stage)):
        for lost in step.pip.lost_versions:
            said = f"the shell writes into a file named `{lost.target}`, and pip never sees the version"
            help = 'Quote what holds a < or a >: "name>=1.0".'
            raise CheckFailed("versions that pip gets to see", said, help, line=step.line)


def asked_for(wanted: Requirement, stage: Stage, context: Read, asked: Sequence[PlacedRequirement]) -> None:
    """Assert that the package is among those that pip is asked for, whatever its version."""
    if not any(entry.requirement.name == wanted.name for entry in asked):
        raise _not_asked(stage, context, asked, wanted)


def _kept(stage: Stage, asked: Sequence[PlacedRequirement], wanted: Requirement) -> None:
    """Assert that no later call of pip uninstalls the package from a place where it was installed."""
    lines = {entry.line for entry in asked if entry.requirement.name == wanted.name}
    there = {entry.place for entry in installs_in(stage) if entry.step.line in lines}
    made, removed = environments(stage), list[PipStep]()
    for step in (step for run in runs_of(stage) for step in pip_steps_of(run)):
        if step.pip.installs and step.line in lines:
            removed.clear()
        elif step.pip.uninstalls(wanted.name) and there & set(places(step, made)):
            removed.append(step)
    if removed:
        said, help = (
            f"`{removed[0].pip.command}` uninstalls it again",
            "The service needs it to run: leave it there.",
        )
        raise CheckFailed(f"`{wanted.raw}`, kept in the image", said, help, line=removed[0].line)


def packages_asked(stage: Stage, context: Read, python: str = "") -> Mapping[str, Collection[str]]:
    """Return the versions of all packages that pip is asked for, by name, without those that a marker excludes."""
    asked = defaultdict[str, set[str]](set)
    for entry in requirements_of(stage, context):
        if not left_out(entry, python):
            asked[entry.requirement.name].add(entry.requirement.version)
    return asked


def _pinned(stage: Stage, asked: Sequence[PlacedRequirement], wanted: Requirement, python: str) -> None:
    """Call `pinned`; add a note to its message if the version comes from a variable that is not set."""
    try:
        pinned(asked, wanted, python)
    except CheckFailed as failed:
        failed.actual += unset_at_line(stage, failed.line)
        raise


def _not_asked(
    stage: Stage, context: Read, asked: Sequence[PlacedRequirement], wanted: Requirement
) -> CheckFailed:
    what = f"a pip install of `{wanted.raw}`"
    exact = f"Write it as `{wanted.raw}`, in quotes if it has brackets."
    help = exact if wanted.version else ANY_VERSION
    places = (*_nearly(asked, wanted), *_in_lists(stage, context, wanted), *_by_others(stage))
    if instead := next(iter(places), None):
        return CheckFailed(what, instead.said, help, line=instead.line)
    return missing(Sought(what, pip_installs, "pip", wanted.name), stage, help)


def _nearly(asked: Sequence[PlacedRequirement], wanted: Requirement) -> Iterator[Instead]:
    """Yield packages whose names may be typing errors."""
    for entry in asked:
        if get_close_matches(entry.requirement.name, [wanted.name], cutoff=CUTOFF):
            where = f" in {entry.file}, line {entry.requirement.line}," if entry.file else ""
            raw = shortened(entry.requirement.raw)
            yield Instead(f"`{raw}`{where} is another package: did you mean `{wanted.raw}`?", entry.line)


def _by_others(stage: Stage) -> Iterator[Instead]:
    """Yield installs by other programs, whose packages the grader does not read."""
    for run in (run for each in (*stages_behind(stage.lineage), stage) for run in runs_of(each)):
        for command in run.commands:
            name = command.name if command.name in _PACKERS else installer(command, variables_at(run))
            if command.runs and name in _OTHERS | _PACKERS:
                yield Instead(
                    f"`{command}` is no call of pip: the versions that {name} takes are not read",
                    command.line,
                )


def _in_lists(stage: Stage, context: Read, wanted: Requirement) -> Iterator[Instead]:
    for path, step in lists_not_found(stage, context):
        if not path:
            continue
        name = posixpath.normpath(path)
        known = not name.startswith(("/", "..")) and context(name) is not None
        why = "no COPY above it brings that file" if known else NOT_TAKEN
        yield Instead(f"`{step.pip.command}` asks for the list `{path}`, and {why}", step.line)
    for file, line, step in comments_with(wanted.name, stage, context):
        yield Instead(f"`{shortened(line)}` in {file} is a comment, and has no effect", step.line)
