"""Names that one part of a Compose file uses and another must define, and what a service cannot do without."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from checks.parsing.compose.model import Compose, Service
from checks.parsing.problems import Problem, suggestion


def dangling(compose: Compose) -> Iterator[Problem]:
    """What Compose refuses although every value has its form."""
    if not compose.services:
        yield Problem(_services_line(compose), "there is no service in this file")
    volumes, networks = frozenset(compose.volumes), frozenset((*compose.networks, "default"))
    for service in compose.services.values():
        yield from _of(service, compose, volumes, networks)


def _of(
    service: Service, compose: Compose, volumes: AbstractSet[str], networks: AbstractSet[str]
) -> Iterator[Problem]:
    if not (service.image or service.build or "extends" in service.node or "provider" in service.node):
        yield Problem(service.line, f"the service `{service.name}` has neither an `image` nor a `build`")
    for grant in service.secrets:
        yield from _unknown("secret", grant.source, grant.line, compose.secrets, "secrets")
    for grant in service.configs:
        yield from _unknown("config", grant.source, grant.line, compose.configs, "configs")
    for mount in service.volumes:
        if mount.type == "volume" and mount.source:
            yield from _unknown("volume", mount.source, mount.line, volumes, "volumes")
    for name in service.depends_on:
        yield from _unknown("service", name, service.line_of("depends_on"), compose.services, "services")
    for name in service.networks:
        yield from _unknown("network", name, service.line_of("networks"), networks, "networks")


def _unknown(
    what: str, name: str, line: int, known: Mapping[str, Any] | AbstractSet[str], where: str
) -> Iterator[Problem]:
    if name and name not in known:
        yield Problem(line, f"there is no {what} `{name}` under `{where}:`{suggestion(name, known)}")


def _services_line(compose: Compose) -> int:
    return compose.node.key_line("services") if "services" in compose.node else compose.node.line
