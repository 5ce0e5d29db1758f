"""Assertions about the order of layers: what changes seldom comes first, in every stage that the image needs."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from itertools import islice

from checks.expect.caching import dependencies_before_source
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import Arg, CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.app_source import source_copies
from checks.parsing.packages.carried import brings_packages
from checks.parsing.packages.package_steps import apt_steps_of, installs, pip_steps_of

HELP = (
    "Keep this order: base, system packages, dependencies, code. A change rebuilds only what comes below it."
)
LATE = "Declare it below everything that installs, just above the LABEL or ENV that uses it."
EXPECTED = "what changes seldom above what changes often"


def ordered_by_change(stage: Stage, edited: Collection[str], arguments: AbstractSet[str]) -> None:
    """Assert the order of system packages, dependencies and code, to which `edited` belong.

    `arguments` are the build arguments that differ from build to build: BuildKit runs a RUN again whenever an ARG
    above it has another value, used or not.
    """
    dependencies_before_source(stage, edited)
    for each in (*stages_behind(stage.lineage), stage):
        _system_first(each)
        _code_last(each, edited)
        _versions_last(each, arguments)


def _system_first(stage: Stage) -> None:
    above: Instruction | None = None
    for entry in stage.lineage:
        if above is not None and _brings_system_packages(entry):
            actual = f"`{entry}` installs system packages below `{above}` (line {above.line})"
            raise CheckFailed(EXPECTED, actual, HELP, line=entry.line)
        if above is None and _brings_dependencies(entry):
            above = entry


def _brings_system_packages(entry: Instruction) -> bool:
    return isinstance(entry, Run) and any(step.apt and step.apt.adds_packages for step in apt_steps_of(entry))


def _brings_dependencies(entry: Instruction) -> bool:
    if isinstance(entry, Run):
        return any(step.pip.installs for step in pip_steps_of(entry))
    return isinstance(entry, CopyOrAdd) and brings_packages(entry)


def _code_last(stage: Stage, edited: Collection[str]) -> None:
    for code in islice(source_copies(stage.lineage, edited), 1):
        for entry in stage.after(code):
            if isinstance(entry, CopyOrAdd) and brings_packages(entry):
                actual = f"`{entry}` brings packages below `{code}` (line {code.line})"
                raise CheckFailed(EXPECTED, actual, HELP, line=entry.line)


def _versions_last(stage: Stage, arguments: AbstractSet[str]) -> None:
    declared: Arg | None = None
    for entry in stage.lineage:
        if isinstance(entry, Arg) and not arguments.isdisjoint(name for name, _ in entry.variables):
            declared = declared or entry
        if declared is not None and isinstance(entry, Run) and installs(entry):
            actual = f"`{entry}` stands below `{declared}` (line {declared.line}): every new version installs again"
            raise CheckFailed(EXPECTED, actual, LATE, line=entry.line)
