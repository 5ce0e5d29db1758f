"""Assertions about the stages of a Dockerfile, and about the labels of its image."""

from collections.abc import Mapping

from checks.evidence.image.image import Image
from checks.expect.misunderstood import Meant, instruction
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.sanitize import sanitize_line

HELP = "Install in a stage of its own (`FROM ... AS builder`), and `COPY --from=builder` what came of it."


def is_multi_stage(stage: Stage) -> None:
    """Assert that the final stage copies from a stage of the same file that has a RUN.

    BuildKit does not build a stage that nothing is copied from. A stage without a RUN leaves nothing behind.
    """
    meant = Meant("COPY", "a `COPY --from=` of another stage", "--from")
    copies = [copy for each in stage.ancestry for copy in each.copies if copy.named_stage is not None]
    copies = list(instruction(copies, stage, meant, HELP))
    if not any(behind.runs for copy in copies if (behind := from_stage(copy))):
        actual = f"`{copies[-1]}`, out of a stage that runs nothing"
        raise CheckFailed(
            "a `COPY --from=` of a stage that installs something",
            actual,
            HELP,
            line=copies[-1].line,
        )


def labelled(image: Image, wanted: Mapping[str, str | None]) -> None:
    """Assert that the image has these labels; None accepts any non-empty value."""
    help = '`LABEL key="value"` in the last stage; `docker image inspect` shows what became of it.'
    for key, value in wanted.items():
        found = image.config.labels.get(key)
        if not found or (value is not None and found != value):
            expected = f"the label `{key}`" + (f" with the value `{value}`" if value is not None else "")
            actual = (
                f"`{sanitize_line(found)}`" if found else "it is empty" if found == "" else "there is none"
            )
            raise CheckFailed(expected, actual, help)
