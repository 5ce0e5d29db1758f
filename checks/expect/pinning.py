"""Assertions about lists of packages as a whole: every package in one exact version, whichever it is."""

from collections.abc import Sequence

from checks.expect.packages import asked_for, seen_by_pip
from checks.expect.service import left_out, not_left_out
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.build_files import Read
from checks.parsing.packages.pip_requirements import PlacedRequirement, requirements_of
from checks.parsing.packages.specifiers import Requirement, parse_requirement
from checks.sanitize import shortened

# They install packages and are none of the service's: `pip install --upgrade pip` may take the newest.
INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv", "virtualenv"})


def all_pinned(stage: Stage, context: Read, names: Sequence[str], python: str = "") -> None:
    """Assert that pip is asked for these packages and for any others in exact versions only, or by hashes."""
    seen_by_pip(stage)
    written = requirements_of(stage, context)
    asked = [entry for entry in written if not left_out(entry, python)]
    for wanted in map(parse_requirement, names):
        asked_for(wanted, stage, context, written)
        not_left_out(wanted, written, python)
    for entry in asked:
        if _floats(entry.requirement):
            raise _floating(entry)


def _floats(requirement: Requirement) -> bool:
    """Whether it may be another version tomorrow; a file that is there, like a wheel, is what it is."""
    is_local = bool(requirement.url) and "://" not in requirement.url
    return not (requirement.pinned or is_local or requirement.name in INSTALLERS)


def _floating(entry: PlacedRequirement) -> CheckFailed:
    where = f" in {entry.file}, line {entry.requirement.line}" if entry.file else ""
    return CheckFailed(
        "every package in one exact version",
        f"`{shortened(entry.requirement.raw)}`{where}{_why(entry.requirement)}",
        "Write `name==1.2.3`, with the version that `pip freeze` shows.",
        line=entry.line,
    )


def _why(requirement: Requirement) -> str:
    if requirement.reason:
        return f" cannot be read: {requirement.reason}"
    if requirement.url:
        return " names no hash and no commit: a later build may find something else at this address"
    return " names no exact version: a later build may install another one"
