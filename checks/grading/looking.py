"""Read an image's contents; retry if the stream breaks off, since the student cannot cause that."""

from typing import TYPE_CHECKING

from checks.engine.errors import EngineError
from checks.engine.retry import again
from checks.evidence.image.built import Built
from checks.evidence.image.byte_stream import ImageTooLarge, ImageUnreadable
from checks.evidence.image.image import Image, read_image, read_kept
from checks.evidence.image.kept import kept
from checks.outcomes import CheckFailed

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.grading.canary_files import CanaryFiles

SMALLER = "An image for one service has thousands of files, and a few kilobytes of configuration."


@again(EngineError)
def look_into(engine: "Engine", built: Built, canary_files: "CanaryFiles", file: str) -> Image:
    """Read the image in one pass; `file` is the Dockerfile's name in a report.

    Raise `CheckFailed` for an image that exceeds a limit, `EngineError` if the engine does not deliver all of it.
    """
    from docker.errors import APIError
    from requests.exceptions import RequestException

    known, canaries = built.base_layers, canary_files.canaries
    try:
        if found := kept(engine, built.reference):
            at = canary_files.planted_at
            return read_kept(found, base_layers=known, canaries=canaries, planted_at=at)
        stream = engine.client.api.get_image(built.reference)
        return read_image(stream, base_layers=known, canaries=canaries)
    except ImageTooLarge as over:
        if over.limit == "seconds":  # the machine's fault, not the image's
            raise
        raise CheckFailed("an image that can be looked into", str(over), SMALLER, file=file) from None
    except (APIError, RequestException, ImageUnreadable, OSError, LookupError, ValueError) as broken:
        raise EngineError(("docker", "save", built.reference), 1, str(broken)) from broken
