"""Assertions about a virtual environment: made in one stage, copied whole into the image, and first on its PATH."""

import posixpath
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from checks.expect.pinning import INSTALLERS
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd
from checks.parsing.dockerfile.movement import Moves, is_within
from checks.parsing.dockerfile.references import stages_behind, stages_of
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.packages.carried import Carried, installs_in
from checks.parsing.packages.pip_places import environments, places

MAKE = (
    "`RUN python -m venv /opt/venv` in the stage that installs, and `ENV PATH=/opt/venv/bin:$PATH` behind it."
)
INSIDE = "Install them in the builder, into the environment: another Python may find what is beside it, or may not."
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

    @property
    def is_whole(self) -> bool:
        """Whether it works here: its programs have its path in their first lines."""
        return self.place == self.made


def environment_used(stage: Stage) -> None:
    """Assert that the stage has a virtual environment of another stage, with its packages, first on PATH."""
    moves = Moves(stage.line)
    copied = _copied(stage, _environments_behind(stage, moves), moves)
    if not copied:
        raise _not_copied(stage)
    whole = [found for found in copied if found.is_whole]
    if not whole:
        actual = f"`{copied[0].copy}` puts `{copied[0].made}` at `{copied[0].place}`"
        raise CheckFailed(
            "the environment at the path it was made for", actual, COPY, line=copied[0].copy.line
        )
    installed = installs_in(stage)
    filled = [found for found in whole if any(is_within(entry.place, found.place) for entry in installed)]
    if not filled:
        actual = f"no install puts its packages into `{whole[0].place}`"
        raise CheckFailed("an environment with packages in it", actual, MAKE, line=whole[0].copy.line)
    _none_outside(filled, installed, stage)
    _first_on_path(filled, stage)


def _copied(stage: Stage, behind: Mapping[int, frozenset[str]], moves: Moves) -> list[CopiedEnvironment]:
    """Return what the COPYs of the stage bring from the stages behind it, whose environments are given by index."""
    return [
        CopiedEnvironment(made, entry, place)
        for entry in stage.lineage
        if isinstance(entry, CopyOrAdd) and (origin := from_stage(entry))
        for made in sorted(behind.get(origin.index, ()))
        for place in moves.arrivals(made, entry)
    ]


def _environments_behind(stage: Stage, moves: Moves) -> Mapping[int, frozenset[str]]:
    """Return the environments of the stages behind, by index: their own, and those that they copy whole.

    A stage comes after those that it copies from. Stages in a circle have none: BuildKit builds none of them.
    """
    behind = {origin.index: origin for origin in stages_behind(stage.lineage)}
    sources = {
        index: [inner.index for entry in origin.lineage for inner in stages_of(entry)]
        for index, origin in behind.items()
    }
    found = dict[int, frozenset[str]]()
    with suppress(CycleError):
        for index in TopologicalSorter(sources).static_order():
            whole = {copied.place for copied in _copied(behind[index], found, moves) if copied.is_whole}
            found[index] = environments(behind[index]) | whole
    return found


def _not_copied(stage: Stage) -> CheckFailed:
    expected = "a `COPY --from=` of a whole virtual environment"
    behind = [path for each in stages_behind(stage.lineage) for path in sorted(environments(each))]
    if behind:
        actual = f"`{behind[0]}` is made in another stage, and no COPY of the last one brings all of it"
        return CheckFailed(expected, actual, COPY, line=stage.line)
    here = sorted(environments(stage))
    actual = f"`{here[0]}` is made in the last stage itself" if here else "no stage makes one"
    return CheckFailed(expected, actual, MAKE, line=stage.line)


def _none_outside(copied: list[CopiedEnvironment], installed: Sequence[Carried], stage: Stage) -> None:
    """Assert that the stage itself installs into these environments, if it installs more than pip and its like."""
    here = {found.place for found in copied}
    for entry in installed:
        pip = entry.step.pip
        asks = pip.requirement_files or {asked.name for asked in pip.requirements} - INSTALLERS
        inside = any(is_within(place, each) for place in places(entry.step, here) for each in here)
        if entry.stage in stage.ancestry and asks and not inside:
            actual = f"`{entry.step.run}` installs outside of `{copied[0].place}`"
            raise CheckFailed("all packages in the environment", actual, INSIDE, line=entry.step.line)


def _first_on_path(copied: list[CopiedEnvironment], stage: Stage) -> None:
    wanted = {posixpath.join(found.place, "bin") for found in copied}
    setting = stage.environment.setting("PATH")
    first = str(stage.environment.get("PATH") or "").partition(":")[0]
    if posixpath.normpath(first or ".") not in wanted:
        actual = "the last stage leaves PATH as it is in the base"
        if setting:
            is_behind = any(f":{folder}" in str(stage.environment.get("PATH")) for folder in wanted)
            how = "has it behind other folders" if is_behind else "does not have it"
            actual = f"`{setting.instruction}` {how}"
        line = setting.line if setting else stage.line
        raise CheckFailed(f"`{min(wanted)}` first on PATH", actual, PATH, line=line)
