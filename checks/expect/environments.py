"""Assertions about a virtual environment: made in one stage, copied whole into the image, and first on its PATH."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from checks.expect.basics import ABSENT
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd
from checks.parsing.dockerfile.movement import arrivals, is_within
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.packages.pip_places import environments
from checks.parsing.packages.pip_requirements import installs_in

MAKE = (
    "`RUN python -m venv /opt/venv` in the stage that installs, and `ENV PATH=/opt/venv/bin:$PATH` behind it."
)
COPY = "`COPY --from=builder /opt/venv /opt/venv`: its programs name its path in their first lines."
PATH = (
    '`ENV PATH="/opt/venv/bin:$PATH"` in the last stage, too: a stage begins with the variables of its base.'
)


@dataclass(frozen=True, slots=True)
class CopiedEnvironment:
    """A virtual environment of another stage: its path there, the COPY that brings it, and its path here."""

    made: str
    copy: CopyOrAdd
    place: str


def environment_used(stage: Stage) -> None:
    """Assert that the stage has a virtual environment of another stage, with its packages, first on PATH."""
    copied = tuple(_copied(stage))
    if not copied:
        raise _not_copied(stage)
    whole = [found for found in copied if found.place == found.made]
    if not whole:
        actual = f"`{copied[0].copy}` puts `{copied[0].made}` at `{copied[0].place}`"
        raise CheckFailed(
            "the environment at the path it was made for", actual, COPY, line=copied[0].copy.line
        )
    filled = [found for found in whole if _is_filled(found.place, stage)]
    if not filled:
        actual = f"no install puts its packages into `{whole[0].place}`"
        raise CheckFailed("an environment with packages in it", actual, MAKE, line=whole[0].copy.line)
    _first_on_path(filled, stage)


def _copied(stage: Stage) -> Iterator[CopiedEnvironment]:
    for entry in stage.lineage:
        if isinstance(entry, CopyOrAdd) and (origin := from_stage(entry)):
            for made in sorted(_environments(origin)):
                for place in arrivals(made, entry):
                    yield CopiedEnvironment(made, entry, place)


def _environments(stage: Stage) -> frozenset[str]:
    """Return the environments that the stage has: its own, and those that it copies from others."""
    return environments(stage) | {found.place for found in _copied(stage) if found.place == found.made}


def _not_copied(stage: Stage) -> CheckFailed:
    expected = "a `COPY --from=` of a whole virtual environment"
    behind = [path for each in stages_behind(stage.lineage) for path in sorted(environments(each))]
    if behind:
        actual = f"`{behind[0]}` is made in another stage, and no COPY of the last one brings all of it"
        return CheckFailed(expected, actual, COPY, line=stage.line)
    here = sorted(environments(stage))
    actual = f"`{here[0]}` is made in the last stage itself" if here else f"{ABSENT}: no stage makes one"
    return CheckFailed(expected, actual, MAKE, line=stage.line)


def _is_filled(place: str, stage: Stage) -> bool:
    return any(is_within(entry.place, place) for entry in installs_in(stage))


def _first_on_path(copied: list[CopiedEnvironment], stage: Stage) -> None:
    wanted = {posixpath.join(found.place, "bin") for found in copied}
    setting = stage.environment.setting("PATH")
    first = str(stage.environment.get("PATH") or "").partition(":")[0]
    if posixpath.normpath(first or ".") not in wanted:
        actual = f"`{setting.instruction}`" if setting else "the last stage leaves PATH as it is in the base"
        line = setting.line if setting else stage.line
        raise CheckFailed(f"`{min(wanted)}` first on PATH", actual, PATH, line=line)
