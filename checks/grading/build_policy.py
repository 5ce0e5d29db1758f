"""Build policy: the arguments a build gets, the sources it may fetch, and the frontend that reads its Dockerfile.

Arguments: a build gets those that the Dockerfile declares, and two of BuildKit's own that the grader sets.

Sources: `ADD http://127.0.0.1/` would ask the machine's own loopback, and `FROM 127.0.0.1:5000/x` a registry there,
so both are refused. A lab that wants an ADD of a URL lists the allowed prefixes in its `lab.yaml`
(`fetches: [https://example.org/]`).

Frontend: `# syntax=` names a program that the engine pulls and runs. Only Docker's own is accepted, in its newest
version: older ones have bugs, and the `labs` channel has more powers. The embedded engine uses its built-in
one. Any other program could build anything, regardless of the Dockerfile, and is never run.
"""

import ipaddress
import socket
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checks.engine.standins.names import HUB, read_name
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.build_inputs import (
    declared_arguments,
    external_images,
    is_reserved,
    may_mount_a_cache,
    remote_sources,
)
from checks.parsing.dockerfile.dockerfile import Directive, read_directives
from checks.parsing.text.decoding import decode
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Problems, Refused
from checks.sanitize import sanitize_line

if TYPE_CHECKING:
    from checks.grading.submission import LabSubmission
    from checks.parsing.dockerfile.dockerfile import Dockerfile


NAMESPACE_LENGTH = 32  # the second argument is a host name, which has at most 63 characters


def accepted_arguments(
    submission: "LabSubmission", dockerfile: "Dockerfile", given: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the declared arguments of `given`, as Docker ignores others; raise `CheckFailed` for reserved ones."""
    for name in filter(is_reserved, given):
        raise CheckFailed(
            "build arguments that the Dockerfile reads",
            f"`{sanitize_line(name)}` steers BuildKit itself, or the way to the network",
            "Leave it out of what the build is given (`build.args`, `--build-arg`).",
            file=submission.path_of(submission.lab.main_file),
        )
    declared = declared_arguments(dockerfile)
    return {name: value for name, value in given.items() if name in declared}


def separating_arguments(submission: "LabSubmission", dockerfile: "Dockerfile") -> Mapping[str, str]:
    """Return the build arguments that isolate a submission's cache mounts, and the layers made with them.

    All builds that name the same id or path share a cache mount, so one student could leave a package there that
    another one's pip installs. `BUILDKIT_CACHE_MOUNT_NS` separates them. But BuildKit's key of a RUN lacks it: the
    same line in another submission would get the layer that was made with the first one's cache. The host name is
    in the key and in no image. Dockerfiles without cache mounts still share their layers.
    """
    own = submission.fingerprint()[:NAMESPACE_LENGTH]
    namespace = {"BUILDKIT_CACHE_MOUNT_NS": own}
    return {**namespace, "BUILDKIT_SANDBOX_HOSTNAME": own} if may_mount_a_cache(dockerfile) else namespace


# Addresses that count as global, at which clouds answer their machines (Azure's and Oracle's documentation).
CLOUDS = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192")))
LOCAL_NAMES = (".localhost", ".local", ".internal", ".localdomain", ".lan", ".home.arpa")


def refuse_remote_sources(submission: "LabSubmission", dockerfile: "Dockerfile", file: str) -> None:
    """Raise `CheckFailed` for the first ADD of a URL or a git repository that the lab does not ask for."""
    for instruction, source in remote_sources(dockerfile):
        if not source.startswith(submission.lab.fetches):
            raise CheckFailed(
                "an ADD of files of this folder",
                f"`ADD {sanitize_line(source)}` makes the engine itself fetch something from the network",
                "Fetch it in a RUN, with curl or pip, say, or hand it in and COPY it.",
                file=file,
                line=instruction.line,
            )


def images_fetched(submission: "LabSubmission", dockerfile: "Dockerfile", file: str) -> Sequence[str]:
    """Return all images that the build needs; raise `CheckFailed` for a registry on this machine or its network."""
    images = external_images(dockerfile)
    refuse_near_registries(submission, images, file)
    return images


def refuse_near_registries(submission: "LabSubmission", images: Iterable[str], file: str) -> None:
    """Raise `CheckFailed` at the first image of a near registry, unless bases of the lab come from there."""
    trusted = {read_name(base).registry for asked in submission.lab.images.values() for base in asked.bases}
    for image in images:
        refuse_near_registry(image, trusted | {HUB}, file)


def refuse_near_registry(image: str, trusted: set[str], file: str) -> None:
    """Raise `CheckFailed` if the registry of `image` is neither public nor `trusted`."""
    registry = read_name(image).registry
    if registry not in trusted and _is_near(registry):
        raise CheckFailed(
            "images of a public registry",
            f"`{sanitize_line(image)}` is an image of a registry on the grading machine or in its own network",
            "Name an image that everybody can pull.",
            file=file,
        )


def _is_near(registry: str) -> bool:
    """Whether it is this machine or has a non-global address; a name that does not resolve is not near."""
    host = registry.rpartition(":")[0] if ":" in registry.rpartition("]")[2] else registry
    if "." not in host or host.lower().endswith(LOCAL_NAMES):
        return True
    try:
        found = socket.getaddrinfo(host.strip("[]"), None)
    except (OSError, UnicodeError):
        return False
    addresses = {ipaddress.ip_address(entry[4][0]) for entry in found}
    return any(not address.is_global or address in CLOUDS for address in addresses)


OFFICIAL = ("", "docker/dockerfile")  # on Docker Hub
NEWEST = "docker/dockerfile:1"
SHEBANG = "#!"


def settle_frontend(path: Path, name: str, *, built_in: bool) -> Collection[str]:
    """Raise `CheckFailed` for a foreign frontend; in the file at `path`, replace Docker's own by the newest one.

    With `built_in`, remove the directive instead. `name` is the file's name in a report. All lines except those of
    the directives keep their numbers. Return the frontend's image if the build runs one.
    """
    text = decode(path.read_bytes(), path=name)  # the first build's rewrite, if this is the second
    directive = _syntax(text)
    if directive is None:
        return ()
    if not _is_official(directive.value):
        raise CheckFailed(
            "a Dockerfile that Docker itself reads",
            f"`# syntax={directive.value}`",
            "Take this line out, or write `# syntax=docker/dockerfile:1`: another program is never run here.",
            file=name,
            line=directive.line,
        )
    lines = path.read_bytes().split(b"\n")
    if built_in:
        path.write_bytes(b"\n".join(_without(directive.line, text, lines)))
        return ()
    lines[directive.line - 1] = f"# syntax={NEWEST}".encode()
    path.write_bytes(b"\n".join(lines))
    return (NEWEST,)


def _syntax(lines: tuple[str, ...]) -> Directive | None:
    """Return the directive as BuildKit finds it: also after a `#!` line, which ends the other directives."""
    skipped = 1 if lines and lines[0].startswith(SHEBANG) else 0
    found = read_directives(lines[skipped:], Problems()).get("syntax")
    return found and Directive(found.name, found.value, found.line + skipped)


def _is_official(value: str) -> bool:
    try:
        image = ImageReference.parse(value.split(maxsplit=1)[0])
    except Refused:
        return False
    return (image.domain, image.path) == OFFICIAL


def _without(number: int, text: tuple[str, ...], lines: list[bytes]) -> list[bytes]:
    """Remove a directive: move those below up by one and put a comment last, as one between them would end them."""
    count = max(directive.line for directive in read_directives(text[number - 1 :], Problems()).values())
    end = number - 1 + count
    return [*lines[: number - 1], *lines[number:end], b"#", *lines[end:]]
