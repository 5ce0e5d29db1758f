"""Assertions about a Compose file, and about the resulting settings of a container."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Self

from checks.expect.basics import ABSENT
from checks.expect.predictions import is_root
from checks.outcomes import CheckFailed
from checks.sanitize import sanitize_line

if TYPE_CHECKING:
    from checks.parsing.compose import Compose, Service

LISTED = 10  # problems in one message; the rest are counted


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a setting in the student's file."""

    file: str
    line: int | None

    @classmethod
    def of(cls, compose: "Compose", file: str, name: str, key: str) -> Self:
        """Return the place of a key of a service, or of the service if it lacks the key."""
        service = compose.services.get(name)
        line = service.line_of(key) if service is not None else None
        return cls(file, line)


def no_problems(compose: "Compose") -> None:
    """Assert that Compose accepts the file."""
    if not compose.problems:
        return
    listed = [f"line {entry.line}: {sanitize_line(entry.message)}" for entry in compose.problems[:LISTED]]
    if (rest := len(compose.problems) - LISTED) > 0:
        listed.append(f"and {rest} more like these")
    raise CheckFailed(
        "a file as the Compose Specification has it",
        "\n".join(listed),
        "`docker compose config` says what Compose makes of your file.",
        line=compose.problems[0].line,
    )


def service(compose: "Compose", name: str) -> "Service":
    """Return the service of this name; raise `CheckFailed` if the file lacks it."""
    found = compose.services.get(name)
    if found is None:
        raise CheckFailed(
            f"a service `{name}`",
            _services(compose),
            f"Call it `{name}`: the name is its address, and others will ask for it.",
            line=compose.node.key_line("services") if "services" in compose.node else compose.node.line,
        )
    return found


def _services(compose: "Compose") -> str:
    """Describe the services of a file, or the likely reason why it has none."""
    if compose.services:
        return "the services of this file: " + ", ".join(
            f"`{sanitize_line(name)}`" for name in compose.services
        )
    slips = get_close_matches("services", list(compose.node), n=1)
    if "services" in compose.node or not slips:
        return "this file has no service"
    return f"this file has no service: `{sanitize_line(slips[0])}` is not `services`"


def is_built_here(service: "Service", dockerfile: str) -> None:
    """Assert that the service is built from the folder of the file, with this Dockerfile."""
    folder, name = posixpath.split(dockerfile)
    which = "that" if folder else "this"
    help = f"`build: {folder or '.'}` is the short form: {which} folder, and the `{name}` in it."
    build = service.build
    if build is None:
        actual = f"`image: {sanitize_line(service.image or '')}`" if service.image else ABSENT
        if slips := get_close_matches("build", list(service.node), n=1):
            actual = f"`{sanitize_line(slips[0])}` is not `build`"
        raise CheckFailed(f"a `build` of the service `{service.name}`", actual, help, line=service.line)
    expected = f"a build of `{dockerfile}` in this folder"
    if build.is_inline:
        actual = "`dockerfile_inline`: lines of the Compose file, and no file"
        raise CheckFailed(expected, actual, help, line=build.line)
    if "://" in build.context or build.context.startswith("git@"):
        actual = f"`{sanitize_line(build.context)}`, which is not in this folder"
        raise CheckFailed(expected, actual, help, line=build.line)
    given = posixpath.normpath(posixpath.join(build.context, build.dockerfile))
    if given != dockerfile:
        raise CheckFailed(expected, _elsewhere(given), help, line=build.line)


def _elsewhere(given: str) -> str:
    """Describe a Dockerfile in another place, and why it is not accepted."""
    outside = given.startswith(("../", "/", "~"))
    return f"`{sanitize_line(given)}`" + (
        ", which is outside of this folder: nothing of it is handed in" if outside else ""
    )


def is_no_root(service: "Service") -> None:
    """Assert that the service does not take the place of the image's user by root."""
    user = service.node.get("user")
    if user is not None and is_root(user.text):
        raise CheckFailed(
            f"a service `{service.name}` that runs as the user of its image, or as another one who is not root",
            f"`user: {sanitize_line(user.text)}`",
            "Leave `user` out: the Dockerfile says who it is.",
            line=service.line_of("user"),
        )


def grants(service: "Service", inspected: Mapping[str, Any], path: str, place: Place) -> None:
    """Assert that a secret of the service comes from a path with this end, and that the container has it.

    Only the end of a path is the same on all hosts: Docker Desktop puts the host's folders below one of its own.
    """
    mounts = {
        mount["Destination"] for mount in inspected["Mounts"] if mount.get("Source", "").endswith(f"/{path}")
    }
    targets = {grant.target for grant in service.secrets}
    if mounts & targets:
        return
    raise CheckFailed(
        f"the file `{posixpath.basename(path)}` in the container, as a secret",
        "no secret of the service comes from that file",
        "It takes two: `secrets:` at the top says which file, `secrets:` of the service says who gets it.",
        file=place.file,
        line=place.line,
    )


def lacks(environment: Iterable[str], variable: str, help: str) -> None:
    """Assert that the environment does not set this variable to a non-empty value."""
    for entry in environment:
        name, _, value = entry.partition("=")
        if name == variable and value:
            raise CheckFailed(
                f"no `{variable}` in the environment of the container", "it is set, to something", help
            )


def mounted(inspected: Mapping[str, Any], target: str, place: Place, entry: str) -> None:
    """Assert that there are mounts at `target` or inside it, and that the service cannot write to their source.

    `entry` is what to write, for the help.
    """
    help = f"{entry}. The service only ever reads it."
    found = [mount for mount in inspected["Mounts"] if covers(mount["Destination"], target)]
    if not found:
        where = ", ".join(f"`{sanitize_line(mount['Destination'])}`" for mount in inspected["Mounts"])
        actual = f"mounts at {where}" if where else "nothing is mounted"
        raise CheckFailed(f"a mount at `{target}`", actual, help, file=place.file, line=place.line)
    if any(mount["RW"] for mount in found):
        actual = "the service can write there"
        raise CheckFailed(f"a read-only mount at `{target}`", actual, help, file=place.file, line=place.line)
    for other in inspected["Mounts"]:
        if other["RW"] and any(_overlap(other.get("Source"), mount.get("Source")) for mount in found):
            actual = (
                f"`{sanitize_line(other['Destination'])}` is the same folder, and the service can write there"
            )
            raise CheckFailed(
                f"read-only mounts of what is at `{target}`", actual, help, file=place.file, line=place.line
            )


def _overlap(one: str | None, other: str | None) -> bool:
    """Whether one of two paths of the host is the other one, or inside it."""
    return bool(one and other) and (covers(str(one), str(other)) or covers(str(other), str(one)))


def covers(destination: str, place: str) -> bool:
    """Whether the mount's destination is this place or inside it."""
    return f"{posixpath.normpath(destination)}/".startswith(f"{place}/")
