"""Assertions about the layers that a second build reuses after an edit of the source."""

from collections.abc import Collection, Iterable, Sequence

from checks.evidence.image.provenance import LayerProvenance
from checks.expect.basics import present
from checks.expect.unmet import Sought, finds_nothing_among
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import Instruction, Run
from checks.parsing.dockerfile.references import stages_behind, stages_of
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.app_source import source_copies, source_mounts
from checks.parsing.packages.carried import brings_packages
from checks.parsing.packages.package_steps import installing_runs, installs
from checks.rules.source_before_dependencies import source_before_dependencies

AN_INSTALL = Sought("an install of packages", installing_runs, "pip")
EXPECTED = "an edit of the source leaves the layers with the dependencies as they are"


def dependencies_reused(made: Sequence[LayerProvenance], builds: Iterable[Sequence[str]], file: str) -> None:
    """Assert that no layer that changes with the source installs anything.

    `made` are the first image's own layers, `builds` the diff ids of the first image and of one image after each
    edit. A stage that files are copied from may install too, but its layers are not in these images, so it is
    judged by its instructions.

    Now and then BuildKit overlooks entries of its cache during concurrent builds. So a step counts as run again
    only if it ran again after every edit.
    """
    present(
        filter(_brings_dependencies, made), "a layer with dependencies", "Install what the service needs."
    )
    for run in _run_again(made, builds):
        raise _failed(f"`{run}` ran again", file, run.line)
    for stage in stages_behind(layer.instruction for layer in made):
        for finding in source_before_dependencies(stage):
            raise _failed(finding.message, file, finding.line)


def dependencies_before_source(stage: Stage, edited: Collection[str]) -> None:
    """Assert that nothing that changes with the source, to which `edited` belong, comes before an install.

    The same applies to a stage that files are copied from: its installs run again like those of the last stage.
    """
    stages = [found for found in (*stages_behind(stage.lineage), stage) if installing_runs(found)]
    for found in stages or [stage]:
        finds_nothing_among(source_before_dependencies, found, AN_INSTALL)
        runs = installing_runs(found)
        for copy in source_copies(found.before(runs[-1]), edited):
            raise _failed(f"`{copy}` stands above `{runs[-1]}` (line {runs[-1].line})", None, copy.line)
        for run in runs:
            for mount in source_mounts(run, edited):
                raise _failed(
                    f"`{run}` reads `{mount.source}` of your folder while it installs", None, run.line
                )


def _run_again(made: Sequence[LayerProvenance], builds: Iterable[Sequence[str]]) -> list[Instruction]:
    """Return what brings dependencies in layers that were new in every build; take no more builds than needed."""
    again: list[Instruction] = []
    own = (layers[len(layers) - len(made) :] for layers in builds)
    known = [{diff_id} for diff_id in next(own)]
    for layers in own:
        new = [layer.instruction for layer, ids, id in zip(made, known, layers, strict=True) if id not in ids]
        present(new, "a layer that changes with the source", "The source must come from your folder.")
        again = [entry for entry in new if brings_packages(entry)]
        if not again:
            break
        for ids, id in zip(known, layers, strict=True):
            ids.add(id)
    return again


def _brings_dependencies(layer: LayerProvenance) -> bool:
    if isinstance(layer.instruction, Run):
        return installs(layer.instruction)
    return any(installing_runs(stage) for stage in stages_of(layer.instruction))


def _failed(actual: str, file: str | None, line: int) -> CheckFailed:
    help = "Copy what the install needs, install, and only then copy the rest."
    return CheckFailed(EXPECTED, actual, help, file=file, line=line)
