"""What can be had once: the name of a container, and a port of the host.

Ports are compared within one service. Two services may name one port, where only one of them is started.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.parsing.compose.model import Compose, Service
from checks.parsing.problems import Problem

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what a file may say


@dataclass(frozen=True, slots=True, order=True)
class Taken:
    """Ports of the host, from `first` to `last`."""

    protocol: str
    first: int
    last: int
    host_ip: str
    target: int
    line: int

    def collides(self, other: "Taken") -> bool:
        """Whether both cannot be had; the same written twice counts once."""
        if self.protocol != other.protocol or other.first > self.last:
            return False
        if not (self.host_ip == other.host_ip or {self.host_ip, other.host_ip} & EVERYWHERE):
            return False
        return (self.first, self.target) != (other.first, other.target)


def sharing(compose: Compose) -> Iterator[Problem]:
    """Names and ports that more than one container would need."""
    services = [service for service in compose.services.values() if service.name in compose.enabled]
    names = dict[str, str]()
    for service in services:
        yield from _named(service, names)
        yield from _colliding(sorted(_taken(service)))


def _named(service: Service, names: dict[str, str]) -> Iterator[Problem]:
    node = service.node.get("container_name")
    if node is None or not node.text:
        return
    if service.copies > 1:
        why = f"each of the {service.copies} containers of `{service.name}` would need it"
        yield Problem(node.line, f"the `container_name` `{node.text[:60]}` can be had once, and {why}")
    if other := names.get(node.text):
        yield Problem(node.line, f"the `container_name` `{node.text[:60]}` is that of `{other}` already")
    names[node.text] = service.name


def _taken(service: Service) -> Iterator[Taken]:
    for port in service.ports:
        if (first := port.published) and port.choices == 1:
            last = first + port.count - 1
            yield Taken(port.protocol, first, last, port.host_ip, port.target, port.line)


def _colliding(taken: list[Taken]) -> Iterator[Problem]:
    """In their order, each against the one that reaches farthest so far: one collision of each is enough."""
    farthest: Taken | None = None
    for one in taken:
        if farthest is not None and farthest.collides(one):
            yield Problem(one.line, f"the host's port {one.first} is taken already, in line {farthest.line}")
        if farthest is None or one.protocol != farthest.protocol or one.last >= farthest.last:
            farthest = one
