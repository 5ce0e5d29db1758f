"""The limits of a whole Compose project: each service, network or port costs the engine a process or an address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from checks.parsing.compose.model import children, elements
from checks.parsing.compose.service import read_port
from checks.parsing.text.yaml_node import YamlNode

Found = Iterator[tuple[YamlNode, str]]


@dataclass(frozen=True, slots=True)
class ProjectLimits:
    """The limits of one project; `mounts` and `aliases` apply to each service, all others to the whole file."""

    services: int = 8
    copies: int = 2
    networks: int = 8
    volumes: int = 16
    ports: int = 32
    files: int = 16
    mounts: int = 32
    aliases: int = 32
    memory_mib: int = 4096

    def sentence(self, what: str, count: int) -> str:
        """Return the sentence that tells the student which limit the file exceeds."""
        things = {"files": "secrets and configs", "copies": "copies of a service"}.get(what, what)
        most = getattr(self, what)
        return f"{count} {things} take too many resources: at most {most} are made (the limit of {things})"


LIMITS = ProjectLimits()


def count_hazards(file: YamlNode) -> Found:
    """Yield every limit that the file exceeds."""
    services = [child for child in children(file.get("services")) if child.is_mapping]
    yield from _exceeded("services", file.get("services"), len(services))
    yield from _exceeded("networks", file.get("networks"), _size(file.get("networks")))
    files = [node for key in ("secrets", "configs") if (node := file.get(key)) is not None]
    yield from _exceeded("files", files[-1] if files else None, sum(map(_size, files)))
    ports = [(service.get("ports"), _ports(service)) for service in services]
    yield from _together("ports", ports)
    anonymous = [(_first(service, "volumes", "tmpfs"), _anonymous(service)) for service in services]
    yield from _together("volumes", [(file.get("volumes"), _size(file.get("volumes"))), *anonymous])
    for service in services:
        yield from _of_service(service)


def _of_service(service: YamlNode) -> Found:
    for count in _written_copies(service):
        yield from _exceeded("copies", count, _number(count))
    mounts = sum(_size(service.get(key)) for key in ("volumes", "secrets", "configs"))
    where = _first(service, "volumes", "tmpfs", "secrets", "configs")
    yield from _exceeded("mounts", where, mounts + len(_texts(service.get("tmpfs"))))
    aliases = sum(_size(network.get("aliases")) for network in children(service.get("networks")))
    yield from _exceeded("aliases", service.get("networks"), aliases)


def _exceeded(what: str, node: YamlNode | None, count: int) -> Found:
    if node is not None and count > getattr(LIMITS, what):
        yield node, LIMITS.sentence(what, count)


def _together(what: str, counted: Sequence[tuple[YamlNode | None, int]]) -> Found:
    """Report the sum over several places at the place where it exceeds the limit."""
    total, most = sum(count for _, count in counted), getattr(LIMITS, what)
    for (node, _), so_far in zip(counted, accumulate(count for _, count in counted), strict=True):
        if so_far > most:
            yield from _exceeded(what, node, total)
            return


def _first(service: YamlNode, *keys: str) -> YamlNode | None:
    return next((node for key in keys if (node := service.get(key)) is not None), None)


def _ports(service: YamlNode) -> int:
    """Return the number of published ports of all its containers; a range counts each of its ports."""
    ports = [read_port(entry) for entry in elements(service.get("ports"))]
    return _copies(service) * sum(port.count for port in ports if port)


def _anonymous(service: YamlNode) -> int:
    """Return the number of anonymous volumes and tmpfs mounts of all its containers."""
    entries = elements(service.get("volumes"))
    return _copies(service) * (len(_texts(service.get("tmpfs"))) + sum(map(_is_anonymous, entries)))


def _is_anonymous(entry: YamlNode) -> bool:
    if not entry.is_mapping:
        return ":" not in entry.text
    kind, source = entry.get("type"), entry.get("source")
    return kind is not None and (kind.value == "tmpfs" or (kind.value == "volume" and source is None))


def _copies(service: YamlNode) -> int:
    """Return the number of containers that a service asks for."""
    return max([1, *map(_number, _written_copies(service))])


def _written_copies(service: YamlNode) -> list[YamlNode]:
    deploy = service.get("deploy")
    written = service.get("scale"), deploy.get("replicas") if deploy is not None else None
    return [count for count in written if count is not None]


def _number(node: YamlNode) -> int:
    """Return a whole number, also one written as text; 0 for any other value."""
    if isinstance(node.value, int):
        return node.value
    return int(node.text[:9]) if node.text.isdecimal() else 0


def _size(node: YamlNode | None) -> int:
    if node is None or not (node.is_mapping or node.is_list):
        return 0
    return sum(1 for _ in (node.items() if node.is_mapping else node.elements()))


def _texts(node: YamlNode | None) -> list[YamlNode]:
    """Return the elements of a list, or the single text that may replace the list."""
    return [*elements(node)] if node is None or node.is_list else [node]
