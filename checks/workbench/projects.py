"""The images that a lab's Compose project needs before `docker compose up` can build and start it.

Nothing here grades, and what is read is the person's own.
"""

from checks.grading.lab import Lab
from checks.parsing.bases import external_images
from checks.parsing.compose import parse_compose
from checks.parsing.dockerfile import parse_dockerfile
from checks.parsing.dotenv import parse_dotenv
from checks.parsing.errors import ParseError


class Unreadable(Exception):  # noqa: N818 - a file that the person has to mend first
    """A file of the project cannot be read; the message says which, and why."""


def required_images(lab: Lab) -> list[str]:
    """The bases of the Dockerfile, and the images of services that are not built; raises `Unreadable`."""
    dockerfile, file = lab.folder / lab.text("dockerfile"), lab.folder / lab.text("compose")
    settings = lab.folder / ".env"
    try:
        bases = external_images(parse_dockerfile(dockerfile.read_bytes(), path=dockerfile.name))
        variables = parse_dotenv(settings.read_bytes() if settings.is_file() else b"")
        compose = parse_compose(file.read_bytes(), file.name, variables.get)
    except (OSError, ParseError) as error:
        raise Unreadable(f"{lab.id}: {error}") from None
    images = {entry.image for entry in compose.services.values() if entry.image and not entry.build}
    return sorted({*bases, *images})
