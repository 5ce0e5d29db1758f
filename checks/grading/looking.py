"""Looking into an image: a stream that breaks off is asked for again, since nothing of the student's breaks it."""

from typing import TYPE_CHECKING

from checks.engine.again import again
from checks.engine.errors import EngineError
from checks.evidence.built import Built
from checks.evidence.bytestream import ImageTooLarge, ImageUnreadable
from checks.evidence.image import Image, read_image, read_kept
from checks.evidence.kept import kept
from checks.expect.failure import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checks.engine.engine import Engine
    from checks.evidence.canaries import Canary

SMALLER = "An image for one service has thousands of files, and a few kilobytes of configuration."


@again(EngineError)
def look_into(engine: "Engine", built: Built, canaries: "Sequence[Canary]", file: str) -> Image:
    """One pass over all that it is made of; `file` is the Dockerfile, as a report names it.

    Raises `CheckFailed` for an image that is over a limit, `EngineError` when the engine does not give all of it.
    """
    from docker.errors import APIError
    from requests.exceptions import RequestException

    try:
        if found := kept(engine, built.reference):
            return read_kept(found, base_layers=built.base_layers, canaries=canaries)
        stream = engine.client.api.get_image(built.reference)
        return read_image(stream, base_layers=built.base_layers, canaries=canaries)
    except ImageTooLarge as over:
        if over.limit == "seconds":  # the machine's, not the image's
            raise
        raise CheckFailed("an image that can be looked into", str(over), SMALLER, file=file) from None
    except (APIError, RequestException, ImageUnreadable, OSError, LookupError, ValueError) as broken:
        raise EngineError(("docker", "save", built.reference), 1, str(broken)) from broken
