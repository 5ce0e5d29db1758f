"""From a student's Dockerfile to an image, and from what went wrong there to a message with file and line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.engine.build import build
from checks.engine.events import BuildFailed
from checks.engine.limits import LimitHit
from checks.evidence.output import quote
from checks.expect import CheckFailed
from checks.parsing.dockerfile import Dockerfile

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering

EXPECTED = "`docker build` makes an image"


def build_image(gathering: "Gathering", name: str) -> str:
    """The id of the built image; raises `CheckFailed` for what the student can mend."""
    dockerfile = gathering.dockerfile(name)
    file = gathering.path_of(name)
    for problem in dockerfile.problems:
        raise CheckFailed(EXPECTED, problem.message, "Mend this line first.", file=file, line=problem.line)
    for image in external_images(dockerfile):
        gathering.engines.base(image)
    engine, run = gathering.engines.ready()
    try:
        with gathering.step(f"builds {file}") as say:
            return build(engine, run, gathering.workspace().root, dockerfile=name, progress=say)
    except LimitHit as hit:
        raise CheckFailed(
            EXPECTED, str(hit), "Install less, or nothing that never ends.", file=file
        ) from None
    except BuildFailed as failed:
        raise CheckFailed(EXPECTED, _story(failed), _advice(gathering), file=file, line=failed.line) from None


def external_images(dockerfile: Dockerfile) -> Iterator[str]:
    """Every image that the build starts from or copies from, but for its own stages, `scratch` included in none."""
    for stage in dockerfile.stages:
        yield stage.root_base


def _story(failed: BuildFailed) -> str:
    where = f"{failed.step}\n" if failed.step else ""
    said = f"\nIts output:\n{quote(failed.output)}" if failed.output else ""
    return f"{where}{failed.message}{said}"


def _advice(gathering: "Gathering") -> str:
    return f"Build it yourself and read the last lines: `docker build {gathering.lab.id}`."
