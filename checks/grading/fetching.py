"""What a build fetches by itself, in the network of the grading machine: refused where no lab asks for it.

`ADD http://127.0.0.1/` asks the machine's own loopback, and `FROM 127.0.0.1:5000/x` a registry there. A lab whose
students are to ADD from somewhere says in its `lab.yaml` how such URLs begin (`fetches: [https://example.org/]`).
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from checks.engine.standins.names import HUB, read_name
from checks.evidence.output import visible_line
from checks.expect.failure import CheckFailed
from checks.parsing.bases import external_images
from checks.parsing.reach import remote_sources

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering
    from checks.grading.lab import Lab
    from checks.parsing.dockerfile import Dockerfile

LOCAL_NAMES = (".localhost", ".local", ".internal", ".localdomain", ".lan", ".home.arpa")


def allowed_urls(lab: "Lab") -> tuple[str, ...]:
    """How the URLs begin that an ADD may fetch."""
    return tuple(map(str, lab.settings.get("fetches") or ()))


def refuse_remote_sources(gathering: "Gathering", dockerfile: "Dockerfile", file: str) -> None:
    """Raise `CheckFailed` for the first ADD of a URL or a git repository that the lab does not ask for."""
    allowed = allowed_urls(gathering.lab)
    for instruction, source in remote_sources(dockerfile):
        if not source.startswith(allowed):
            raise CheckFailed(
                "an ADD of files of this folder",
                f"`ADD {visible_line(source)}` makes the engine itself fetch something from the network",
                "Fetch it in a RUN, with curl or pip, say, or hand it in and COPY it.",
                file=file,
                line=instruction.line,
            )


def images_fetched(gathering: "Gathering", dockerfile: "Dockerfile", file: str) -> Sequence[str]:
    """Every image that the build needs; raises `CheckFailed` for one of a registry on this machine or beside it."""
    images = external_images(dockerfile)
    refuse_near_registries(gathering, images, file)
    return images


def refuse_near_registries(gathering: "Gathering", images: Iterable[str], file: str) -> None:
    """Raise `CheckFailed` for the first of this machine or its network, unless bases of the lab come from there."""
    trusted = {read_name(base).registry for asked in gathering.lab.images.values() for base in asked.bases}
    for image in images:
        refuse_near_registry(image, trusted | {HUB}, file)


def refuse_near_registry(image: str, trusted: set[str], file: str) -> None:
    """Raise `CheckFailed` where the registry of `image` is no public one, and none that is `trusted`."""
    registry = read_name(image).registry
    if registry not in trusted and _is_near(registry):
        raise CheckFailed(
            "images of a public registry",
            f"`{visible_line(image)}` is an image of a registry on the grading machine or in its own network",
            "Name an image that everybody can pull.",
            file=file,
        )


def _is_near(registry: str) -> bool:
    """Whether it is this machine, or an address that is not of the Internet; a name of nobody is far away."""
    host = registry.rpartition(":")[0] if ":" in registry.rpartition("]")[2] else registry
    if "." not in host or host.lower().endswith(LOCAL_NAMES):
        return True
    try:
        found = socket.getaddrinfo(host.strip("[]"), None)
    except (OSError, UnicodeError):
        return False
    return any(not ipaddress.ip_address(entry[4][0]).is_global for entry in found)
