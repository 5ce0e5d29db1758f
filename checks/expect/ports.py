"""Assertions about the ports that a service of a Compose file publishes."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from checks.outcomes import CheckFailed
from checks.parsing.compose.service import read_port
from checks.sanitize import sanitize_line, shortened

if TYPE_CHECKING:
    from checks.parsing.compose import Service
    from checks.parsing.compose.values import Port
    from checks.parsing.text.yaml_node import YamlNode

LISTED = 10  # ports in one message; the rest are omitted


def publishes(service: "Service", port: int) -> None:
    """Assert that this port of the container is published on the same port of the host."""
    if any(entry.maps(port) and entry.protocol == "tcp" for entry in service.ports):
        _require_one(service, port)
        return
    raise CheckFailed(
        f"port {port} of the container on port {port} of the host",
        _published(service),
        f'`ports:` takes a list: `- "{port}:{port}"`. `expose:` publishes nothing.',
        line=service.line_of("ports"),
    )


def inside(service: "Service", outside: int) -> int:
    """Assert that a port of the container is published on this port of the host; return the port inside."""
    published = (entry.inside(outside) for entry in service.ports if entry.protocol == "tcp")
    port = next((found for found in published if found is not None), None)
    if port is None:
        raise CheckFailed(
            f"a port of the container on port {outside} of the host",
            _published(service),
            f'`ports:` takes a list, and the port of the host stands first: `- "{outside}:8080"`.',
            line=service.line_of("ports"),
        )
    _require_one(service, outside)
    return port


def _require_one(service: "Service", port: int) -> None:
    """Assert that the service has one container: a second one fails to start, as the host's port is taken."""
    if service.copies != 1:
        gets = "and only the first of them gets the port" if service.copies > 1 else "and nobody has the port"
        raise CheckFailed(
            f"one container of the service `{service.name}`, which has port {port} of the host",
            f"there are to be {service.copies}, {gets}",
            "Leave `deploy.replicas` and `scale` out: more than one takes a proxy in front of them.",
            line=service.line_of("scale" if "scale" in service.node else "deploy"),
        )


def _published(service: "Service") -> str:
    ports = service.node.get("ports")
    if ports is None:
        slips = get_close_matches("ports", list(service.node), n=1)
        return f"nothing is published: `{slips[0]}` is not `ports`" if slips else "nothing is published"
    if not ports.is_list:
        return f"nothing is published: `ports` is {ports.kind}, and no list"
    shown = [_shown(entry) for entry in ports.elements()]
    return "\n".join(shown[:LISTED]) or "nothing is published: the list `ports` is empty"


def _shown(node: "YamlNode") -> str:
    """Describe a port in the file's words, and its meaning for Docker."""
    port = read_port(node)
    written = ", ".join(_pairs(node)) if node.is_mapping else node.text
    why = _meaning(port) if port else "no port for Compose"
    return f"`{sanitize_line(shortened(written))}`: {why}{node.note}"


def _meaning(port: "Port") -> str:
    inside = _row(port.target, port.count)
    named = (
        f"port {inside}" if port.protocol == "tcp" else f"port {inside} of {port.protocol.upper()}, not TCP,"
    )
    if port.published is None:
        return f"{named} of the container on any port of the host, whichever is free"
    outside = _row(port.published, max(port.count, port.choices))
    chosen = f"one of the ports {outside}" if port.choices > 1 else f"port {outside}"
    return f"{named} of the container on {chosen} of the host" + (
        ", whichever is free" if port.choices > 1 else ""
    )


def _row(first: int, count: int) -> str:
    return f"{first}-{first + count - 1}" if count > 1 else str(first)


def _pairs(node: "YamlNode") -> Iterator[str]:
    for key, child in node.items():
        yield f"{key}: {child.text}{child.note}"
