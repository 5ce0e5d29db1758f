"""Hazards: requests of a Compose file that the grading machine refuses.

A Compose file is a program for the engine, and the engine is root. So the tables list the allowed keys: a new key
of Compose is refused until it is in a table. We judge the file twice: as written, before Compose sees it (even
`docker compose config` reads other files), and as Compose has normalised it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from checks.engine.project.counts import count_hazards
from checks.engine.project.effect import UNKNOWN, Confined, Found, judged, reason, refused
from checks.engine.project.keys_of_parts import (
    BUILD,
    CONNECTION,
    DEPLOY,
    FILE,
    MOUNT,
    NETWORK,
    RESERVATIONS,
    TOP,
    VOLUME,
)
from checks.engine.project.keys_of_services import SERVICE
from checks.parsing.compose.model import children, elements
from checks.parsing.compose.service import read_port
from checks.parsing.compose.values import short_mount
from checks.parsing.text.yaml_node import YamlNode

KINDS = ("bind", "volume", "tmpfs")


def mount_hazards(node: YamlNode, confined: Confined) -> Found:
    """Yield every reason to refuse a mount of a service."""
    volumes = node.get("volumes")
    for entry in volumes.elements() if volumes is not None and volumes.is_list else ():
        yield from _long(entry, confined) if entry.is_mapping else _short(entry, confined)


def _short(entry: YamlNode, confined: Confined) -> Found:
    mount = short_mount(entry.text)
    for option in filter(None, mount.options):
        key = MOUNT.get(option, refused(UNKNOWN))
        if not key.can_pass:
            yield entry, reason(option, key)
    if mount.is_bind and (why := confined.refusal(mount.source)):
        yield entry, why


def _long(entry: YamlNode, confined: Confined) -> Found:
    kind, source = (_text(entry.get(key)) for key in ("type", "source"))
    if kind not in KINDS:
        yield entry, f"a mount of the type `{kind}` is refused: the grader has {', '.join(KINDS)}"
    for section in (*KINDS, "image"):
        options = entry.get(section)
        for _, why in judged(options, MOUNT, confined, f"{section}.") if options is not None else ():
            yield entry, why
    if kind == "bind" and (why := confined.refusal(source)):
        yield entry, why


def _text(node: YamlNode | None) -> str:
    return node.text if node is not None else ""


ALLOWED = frozenset(name for name, key in SERVICE.items() if key.can_pass)
# Without `suid` and `dev`, which allow devices, and programs with their owner's rights.
OF_TMPFS = frozenset(
    {
        *("", "size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "ro", "rw", "exec", "noexec"),
        *("nosuid", "nodev", "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime"),
        *("strictatime", "nostrictatime", "sync", "async", "dirsync", "private", "rprivate"),
    }
)


def service_hazards(node: YamlNode, confined: Confined) -> Found:
    """Yield every reason to refuse a service."""
    if not node.is_mapping:
        return
    yield from judged(node, SERVICE, confined)
    yield from _extends(node.get("extends"))
    yield from _build(node.get("build"), confined)
    for key in ("env_file", "label_file"):
        yield from _files(node.get(key), confined)
    yield from _ports(node)
    yield from mount_hazards(node, confined)
    yield from _deploy(node.get("deploy"), confined)
    yield from _networks(node.get("networks"), confined)
    yield from _tmpfs(node.get("tmpfs"))


def _extends(node: YamlNode | None) -> Found:
    file = node.get("file") if node is not None else None
    if file is not None:
        yield file, "`extends` of another file: only this one is graded"


def _build(node: YamlNode | None, confined: Confined) -> Found:
    if node is None or not node.is_mapping:
        yield from confined.refusals(node)
        return
    yield from judged(node, BUILD, confined, "build.")
    context = node.get("context")
    yield from confined.refusals(context)
    if context is None or isinstance(context.value, str):
        yield from confined.refusals(node.get("dockerfile"), context.text if context is not None else ".")


def _files(node: YamlNode | None, confined: Confined) -> Found:
    entries = [*elements(node)] if node is not None and node.is_list else [node]
    for entry in entries:
        path = entry.get("path") if entry is not None and entry.is_mapping else entry
        yield from confined.refusals(path)


def _ports(node: YamlNode) -> Found:
    for entry in elements(node.get("ports")):
        ip = entry.get("host_ip") if entry.is_mapping else None
        port = read_port(entry)
        address = ip.text if ip is not None else port.host_ip if port else ""
        if not _is_local(address):
            yield entry, f"a port on {address} reaches out: the grader publishes on 127.0.0.1 alone"


def _is_local(address: str) -> bool:
    """Whether it is a loopback or wildcard address, which we replace by loopback."""
    if not address:
        return True
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def _networks(node: YamlNode | None, confined: Confined) -> Found:
    for _, network in node.items() if node is not None and node.is_mapping else ():
        yield from judged(network, CONNECTION, confined, "networks.")


def _tmpfs(node: YamlNode | None) -> Found:
    for entry in [node] if node is not None and not node.is_list else elements(node):
        options = entry.text.partition(":")[2].split(",") if not entry.is_mapping else []
        for option in {option.partition("=")[0].strip() for option in options} - OF_TMPFS:
            yield entry, f"the option `{option}` of a tmpfs: it has {', '.join(sorted(OF_TMPFS - {''}))}"


def _deploy(node: YamlNode | None, confined: Confined) -> Found:
    if node is None or not node.is_mapping:
        return
    yield from judged(node, DEPLOY, confined, "deploy.")
    resources = node.get("resources")
    reservations = resources.get("reservations") if resources is not None else None
    if reservations is not None:
        yield from judged(reservations, RESERVATIONS, confined, "deploy.resources.reservations.")


@dataclass(frozen=True, slots=True)
class Hazard:
    """One reason not to run a file: the place in it (`services.api.pid`), its line, and why."""

    path: str
    line: int
    why: str


def hazards(node: YamlNode, root: Path) -> Iterator[Hazard]:
    """Yield every reason not to run this file, whose folder is `root`; ignore errors of other kinds."""
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
