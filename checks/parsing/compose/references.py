"""References: names that one part of a Compose file uses and another defines, and names that must be unique.

Container names and host ports must be unique. Ports are compared within one service: two services may publish
one port if only one of them is started.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from checks.parsing.compose.dependencies import circles, needed
from checks.parsing.compose.interpolation import FAILED
from checks.parsing.compose.model import Compose, Service, below, elements
from checks.parsing.compose.schema import SERVICE
from checks.parsing.compose.shapes import EXTENSION, place
from checks.parsing.text.problems import MAX_COMPARED, Problem, suggestion
from checks.parsing.text.yaml_node import YamlNode

Present = Callable[[str], bool]
"""Whether there is a file, by its path as a Compose file has it."""


def dangling(compose: Compose, present: Present) -> Iterator[Problem]:
    """Yield the problems for which Compose refuses a file whose values all have a valid form."""
    yield from _nothing_to_start(compose)
    volumes, networks = frozenset(compose.volumes), frozenset((*compose.networks, "default"))
    for service in compose.services.values():
        yield from _absent(below(service.node, "extends", "file"), present)  # that of this file is resolved
        if service.name in compose.enabled:
            yield from _image(service)
            yield from _of(service, compose, volumes, networks)
            yield from _needs(service, compose)
            yield from _files(service, present)
    yield from circles(compose)


def _nothing_to_start(compose: Compose) -> Iterator[Problem]:
    services = compose.node.get("services")
    if services is None or not services.is_mapping:
        return  # already reported
    line = compose.node.key_line("services")
    if not list(services):
        yield Problem(line, "there is no service in this file")
    elif compose.services and not compose.enabled:
        why = "`docker compose up` starts nothing (it says: no service selected)"
        yield Problem(line, f"each service is switched off by its `profiles`: {why}")


def _image(service: Service) -> Iterator[Problem]:
    node = service.node
    image = node.get("image")
    is_unknown = image is not None and (image.tag == FAILED or image.is_mapping or image.is_list)
    has_other = any(key in node for key in ("build", "extends", "provider"))
    if not (service.image or is_unknown or has_other or _is_misspelt(node)):
        note = image.note if image is not None else ""
        yield Problem(
            service.line, f"the service `{service.name}` has neither an `image` nor a `build`{note}"
        )


def _is_misspelt(service: YamlNode) -> bool:
    """Return whether an unknown key is a misspelt `build` or `image`, which is reported at its own line."""
    unknown = (key for key in service if key not in SERVICE.keys and not key.startswith(EXTENSION))
    return any(suggestion(key, ("build", "image")) for key in unknown)


def _of(
    service: Service, compose: Compose, volumes: AbstractSet[str], networks: AbstractSet[str]
) -> Iterator[Problem]:
    for grant in service.secrets:
        yield from _unknown("secret", grant.source, grant.line, compose.secrets, "secrets")
    for grant in service.configs:
        yield from _unknown("config", grant.source, grant.line, compose.configs, "configs")
    for secret in elements(below(service.node, "build", "secrets")):
        name = secret.get("source") if secret.is_mapping else secret
        yield from _unknown("secret", name.text if name else "", secret.line, compose.secrets, "secrets")
    for mount in service.volumes:
        if mount.type == "volume" and mount.source:
            yield from _unknown("volume", mount.source, mount.line, volumes, "volumes")
    for network in service.networks:
        yield from _unknown("network", network, service.line_of("networks"), networks, "networks")
    models = frozenset(compose.node.get("models") or ())
    for model, line in _names(service.node.get("models")):
        yield from _unknown("model", model, line, models, "models")


def _names(node: YamlNode | None) -> Iterator[tuple[str, int]]:
    """Yield the names in a list, or the keys of a mapping, each with its line."""
    yield from ((element.text, element.line) for element in elements(node))
    if node is not None and node.is_mapping:
        yield from ((key, node.key_line(key)) for key in node)


def _needs(service: Service, compose: Compose) -> Iterator[Problem]:
    for need in needed(service):
        other = compose.services.get(need.service)
        if other is None:
            yield from _unknown("service", need.service, need.line, compose.services, "services")
        elif other.name not in compose.enabled and need.required:
            why = f"`{other.name}` is switched off by its `profiles`, and `{service.name}` needs it"
            yield Problem(need.line, why)
        elif need.builds and other.build is None:
            yield Problem(need.line, f"`{other.name}` has no `build`, and is no context of another one")


def _unknown(
    what: str, name: str, line: int, known: Mapping[str, Any] | AbstractSet[str], where: str
) -> Iterator[Problem]:
    if name not in known:
        slip = suggestion(name, known, MAX_COMPARED)
        yield Problem(line, f"there is no {what} `{name[:60]}` under `{where}:`{slip}")


def _files(service: Service, present: Present) -> Iterator[Problem]:
    """Yield problems for missing files that Compose reads before it starts containers."""
    for entry in service.env_files:
        if entry.required and not present(entry.path):
            yield Problem(entry.line, f"there is no file `{entry.path[:60]}`, which `env_file` asks for")
    label_file = service.node.get("label_file")
    single = [] if label_file is None or label_file.is_list else [label_file]
    for node in (*single, *elements(below(service.node, "label_file"))):
        yield from _absent(node, present)


def _absent(node: YamlNode | None, present: Present) -> Iterator[Problem]:
    if node is not None and not present(node.text):
        yield Problem(node.line, f"there is no file `{node.text[:60]}`, which {place(node)} asks for")


EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - values in a file


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
        """Return whether both conflict; the same port written twice does not."""
        if self.protocol != other.protocol or other.first > self.last:
            return False
        if not (self.host_ip == other.host_ip or {self.host_ip, other.host_ip} & EVERYWHERE):
            return False
        return (self.first, self.target) != (other.first, other.target)


def sharing(compose: Compose) -> Iterator[Problem]:
    """Yield problems for names and ports that more than one container would need."""
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
    """Compare each of the sorted ports with the one so far that has the highest `last`: one conflict each."""
    farthest: Taken | None = None
    for one in taken:
        if farthest is not None and farthest.collides(one):
            yield Problem(one.line, f"the host's port {one.first} is taken already, in line {farthest.line}")
        if farthest is None or one.protocol != farthest.protocol or one.last >= farthest.last:
            farthest = one
