"""What a Compose file may not ask of the machine that grades it.

A Compose file is a program for the engine, and the engine is root. So this is a list of what is allowed, not
of what is forbidden: a key that Compose learns tomorrow is refused until somebody has thought about it. The
file is judged twice, as it was written before `docker compose` ever sees it (normalising alone reads other
files), and as Compose has normalised it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.engine.compose.confined import Confined
from checks.engine.compose.counts import count_hazards
from checks.engine.compose.effect import Found, judged
from checks.engine.compose.hazards_of_services import service_hazards
from checks.engine.compose.keys_of_parts import FILE, NETWORK, TOP, VOLUME
from checks.parsing.compose.parts import children
from checks.parsing.yamlnode import YamlNode


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


def _file(node: YamlNode, confined: Confined) -> Found:
    yield from judged(node, TOP, confined)
    yield from count_hazards(node)
    for service in children(node.get("services")):
        yield from service_hazards(service, confined)
    for section, keys in (("networks", NETWORK), ("volumes", VOLUME), ("secrets", FILE), ("configs", FILE)):
        for child in children(node.get(section)):
            yield from judged(child, keys, confined, f"{child.path}.")
    for section in ("secrets", "configs"):
        for child in children(node.get(section)):
            yield from confined.refusals(child.get("file"))
