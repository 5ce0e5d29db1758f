"""Assertions about the stages of a Dockerfile, and about the labels of its image."""

from collections.abc import Mapping, Sequence

from checks.evidence.image.image import Image
from checks.expect.basics import ABSENT
from checks.expect.misunderstood import Meant, instruction
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.references import stages_behind, stages_of
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.carried import installs_in
from checks.sanitize import sanitize_line

COPIED = "a `COPY --from=` of another stage"
HELP = "Install in a stage of its own (`FROM ... AS builder`), and `COPY --from=builder` what came of it."


def is_multi_stage(stage: Stage) -> None:
    """Assert that the final stage copies or mounts files of a stage of the same file that has a RUN.

    BuildKit does not build a stage that nothing is copied from. A stage without a RUN leaves nothing behind.
    """
    taken = [entry for entry in stage.lineage if stages_of(entry)]
    if not taken:
        raise _no_copy(stage)
    if not any(isinstance(entry, Run) for behind in stages_behind(taken) for entry in behind.lineage):
        actual = f"`{taken[-1]}`, out of a stage that runs nothing"
        raise CheckFailed(
            "a `COPY --from=` of a stage that installs something",
            actual,
            HELP,
            line=taken[-1].line,
        )


def _no_copy(stage: Stage) -> CheckFailed:
    """Return the failure for a stage that copies from no other; it names what the student may mean by it."""
    images = [copy for each in stage.ancestry for copy in each.copies if copy.from_name is not None]
    if images:
        said = f"`{images[0]}`: no stage is called `{images[0].from_name}`, so Docker takes it for an image"
        return CheckFailed(COPIED, said, HELP, line=images[0].line)
    try:
        instruction((), stage, Meant("COPY", COPIED, "--from"), HELP)
    except CheckFailed as failed:
        if failed.actual == ABSENT:
            failed.actual, failed.line = _stages_told(stage), stage.line
        return failed
    raise AssertionError  # `instruction` raises where it is given none


def _stages_told(stage: Stage) -> str:
    if len(stage.file.stages) == 1:
        return "this is the only stage, and it copies from no other"
    if len(stage.ancestry) > 1:
        return "the last stage begins with all that is in the stage of its FROM, and copies from no other"
    return "the last stage copies nothing from the others: Docker leaves them out"


def copies_what_was_installed(stage: Stage) -> None:
    """Assert that the final stage copies from another stage what that one installed."""
    is_multi_stage(stage)
    if not any(entry.stage not in stage.ancestry for entry in installs_in(stage)):
        expected = "a `COPY --from=` of what another stage installed"
        copy = next(entry for entry in reversed(stage.lineage) if stages_of(entry))
        raise CheckFailed(
            expected, f"`{copy}` brings no package that pip installed there", HELP, line=copy.line
        )


LABEL = '`LABEL key="value"` in the last stage; `docker image inspect` shows what became of it.'


def labelled_with_each(image: Image, groups: Sequence[Sequence[str]]) -> None:
    """Assert that the image has, of each group of names, at least one label that is not empty."""
    for keys in groups:
        if not any(image.config.labels.get(key, "").strip() for key in keys):
            raise CheckFailed(f"the label {' or '.join(f'`{key}`' for key in keys)}", ABSENT, LABEL)


def labelled(image: Image, wanted: Mapping[str, str | None]) -> None:
    """Assert that the image has these labels; None accepts any non-empty value."""
    for key, value in wanted.items():
        found = image.config.labels.get(key)
        if not found or (value is not None and found != value):
            expected = f"the label `{key}`" + (f" with the value `{value}`" if value is not None else "")
            actual = (
                f"`{sanitize_line(found)}`" if found else "it is empty" if found == "" else "there is none"
            )
            raise CheckFailed(expected, actual, LABEL)
