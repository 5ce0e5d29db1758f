"""What a Compose file may not ask of the machine that grades it.

A Compose file is a program for the engine, and the engine is root. So this is a list of what is allowed, not
of what is forbidden: a key that Compose learns tomorrow is refused until somebody has thought about it. The
file is judged twice, as it was written before `docker compose` ever sees it (normalising alone reads other
files), and as Compose has normalised it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.engine.compose.confined import Confined
from checks.engine.compose.counts import count_hazards
from checks.engine.compose.hazards_of_services import service_hazards
from checks.parsing.yamlnode import YamlNode

TOP = frozenset({"version", "name", "services", "networks", "volumes", "secrets", "configs"})
OF_NETWORKS = frozenset(
    {"name", "driver", "internal", "attachable", "labels", "ipam", "external", "enable_ipv6"}
)
OF_VOLUMES = frozenset({"name", "driver", "labels", "external", "driver_opts"})
OF_FILES = frozenset({"name", "file", "content", "environment", "labels", "external"})


@dataclass(frozen=True, slots=True)
class Hazard:
    """One reason not to run a file: the place in it (`services.api.pid`), its line there, and why."""

    path: str
    line: int
    why: str


def hazards(node: YamlNode, root: Path) -> Iterator[Hazard]:
    """Every reason not to run this file, whose folder is `root`; what is wrong in other ways is passed over."""
    confined = Confined(root)
    for place, why in _file(node, confined):
        yield Hazard(place.path, place.line, why)


Found = Iterator[tuple[YamlNode, str]]


def _file(node: YamlNode, confined: Confined) -> Found:
    for key, child in node.items():
        if key not in TOP and not key.startswith("x-"):
            why = (
                "it brings other files along, and only this one is graded" if key == "include" else "not here"
            )
            yield child, f"`{key}`: {why}"
    yield from count_hazards(node)
    for service in _children(node, "services"):
        yield from service_hazards(service, confined)
    sections: tuple[tuple[str, Callable[[YamlNode, Confined], Found]], ...] = (
        ("networks", _network),
        ("volumes", _volume),
        ("secrets", _file_object),
        ("configs", _file_object),
    )
    for key, judge in sections:
        for child in _children(node, key):
            yield from judge(child, confined)


def _network(node: YamlNode, _confined: Confined) -> Found:
    yield from _keys(node, OF_NETWORKS)
    yield from _external(node)
    driver, ipam = node.get("driver"), node.get("ipam")
    if driver is not None and driver.value not in ("bridge", "default", None, ""):
        yield driver, f"the network driver `{driver.text}` reaches beyond this project"
    if ipam is not None and ipam.value:
        yield ipam, "addresses of its own may collide with networks of this machine"


def _volume(node: YamlNode, _confined: Confined) -> Found:
    yield from _keys(node, OF_VOLUMES)
    yield from _external(node)
    driver, options = node.get("driver"), node.get("driver_opts")
    if driver is not None and driver.value not in ("local", None, ""):
        yield driver, f"the volume driver `{driver.text}` reaches beyond this project"
    if options is not None and options.value:
        yield options, "a volume with `driver_opts` can be any folder of this machine"


def _file_object(node: YamlNode, confined: Confined) -> Found:
    yield from _keys(node, OF_FILES)
    yield from _external(node)
    yield from confined.refusals(node.get("file"))


def _external(node: YamlNode) -> Found:
    external = node.get("external")
    if external is not None and external.value not in (False, None, ""):
        yield external, "`external` belongs to somebody else on this machine"


def _keys(node: YamlNode, allowed: frozenset[str]) -> Found:
    if node.is_mapping:
        for key, child in node.items():
            if key not in allowed and not key.startswith("x-"):
                yield child, f"`{key}` is not run by the grader"


def _children(node: YamlNode, key: str) -> Iterator[YamlNode]:
    section = node.get(key)
    if section is not None and section.is_mapping:
        yield from (child for _, child in section.items())
