"""Dependencies between services, from every key that states one; their cycles, and the profiles of a service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from checks.parsing.compose.model import Compose, Service, below, elements
from checks.parsing.text.problems import Problem
from checks.parsing.text.yaml_node import YamlNode


def enabled(services: Mapping[str, Service], asked: str) -> frozenset[str]:
    """Return the services that `docker compose up` starts; `asked` is COMPOSE_PROFILES: `a,b`, or `*` for all."""
    profiles = {profile.strip() for profile in asked.split(",")} - {""}
    return frozenset(
        name
        for name, service in services.items()
        if not service.profiles or "*" in profiles or not profiles.isdisjoint(service.profiles)
    )


def starting_order(compose: Compose) -> tuple[str, ...]:
    """Return the services that `docker compose up` starts, each behind those that it needs; () for a circle."""
    services = {name: service for name, service in compose.services.items() if name in compose.enabled}
    needs = {name: [need.service for need in needed(one)] for name, one in services.items()}
    try:
        return tuple(name for name in TopologicalSorter(needs).static_order() if name in services)
    except CycleError:
        return ()


SHOWN = 10  # services of a cycle that a message shows
_OF_SERVICE = "service:"


@dataclass(frozen=True, slots=True)
class Need:
    """One service that another needs; unless `required`, Compose continues if its profile switches it off.

    `builds` is true if its image is a context of the other's build.
    """

    service: str
    line: int
    required: bool = True
    builds: bool = False


def needed(service: Service) -> Iterator[Need]:
    """Yield all dependencies as Compose collects them, including links, shared volumes and shared namespaces."""
    node = service.node
    yield from _depends_on(node.get("depends_on"), service)
    for entry in elements(below(node, "links")):
        name, _, alias = entry.text.partition(":")
        yield Need(entry.text if ":" in alias else name, entry.line)
    for entry in elements(below(node, "volumes_from")):
        if not entry.text.startswith("container:"):
            yield Need(entry.text.partition(":")[0], entry.line)
    for key in ("network_mode", "ipc", "pid"):
        mode = node.get(key)
        if mode is not None and mode.text.startswith(_OF_SERVICE):
            yield Need(mode.text.removeprefix(_OF_SERVICE), mode.line)
    yield from _contexts(node.get("build"))


def _depends_on(node: YamlNode | None, service: Service) -> Iterator[Need]:
    for name in service.depends_on:
        entry = node.get(name) if node is not None else None
        required = entry.get("required") if entry is not None else None
        is_required = required is None or required.value is not False
        line = node.key_line(name) if node is not None and node.is_mapping else service.line_of("depends_on")
        yield Need(name, line, is_required)


def _contexts(build: YamlNode | None) -> Iterator[Need]:
    """Yield the services whose images are contexts of a build."""
    contexts = build.get("additional_contexts") if build is not None else None
    if contexts is None:
        return
    named = [(child.text, child.line) for _, child in contexts.items()] if contexts.is_mapping else []
    listed = [
        (entry.text.partition("=")[2], entry.line) for entry in elements(below(build, "additional_contexts"))
    ]
    for text, line in (*named, *listed):
        if text.startswith(_OF_SERVICE):
            yield Need(text.removeprefix(_OF_SERVICE), line, builds=True)


def circles(compose: Compose) -> Iterator[Problem]:
    """Yield a problem for the first cycle of services that wait for each other, if any."""
    services = {name: compose.services[name] for name in compose.services if name in compose.enabled}
    needs = {name: {need.service: need.line for need in needed(one)} for name, one in services.items()}
    circle = _circle(needs)
    if circle:
        shown = " -> ".join(f"`{name[:60]}`" for name in [*circle[:SHOWN], circle[0]])
        message = f"services that wait for each other never start: {shown}"
        yield Problem(needs[circle[0]][circle[1 % len(circle)]], message)


def _circle(needs: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the services of one cycle, in order.

    It repeatedly removes services that wait for none of the remaining ones; the rest contain a cycle.
    """
    left = {name: set(others) & set(needs) for name, others in needs.items()}
    waiting: dict[str, list[str]] = {name: [] for name in left}
    for name, others in left.items():
        for other in others:
            waiting[other].append(name)
    free = [name for name, others in left.items() if not others]
    while free:
        done = free.pop()
        del left[done]
        for other in waiting[done]:
            left[other].discard(done)
            if not left[other]:
                free.append(other)
    return _followed(left)


def _followed(left: Mapping[str, set[str]]) -> list[str]:
    """Return one cycle of services that each wait for another."""
    seen = list[str]()
    current = min(left, default="")
    while current and current not in seen:
        seen.append(current)
        current = min(left[current])
    return seen[seen.index(current) :] if current else []
