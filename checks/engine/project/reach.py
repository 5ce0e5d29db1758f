"""The values that reach out of the project, for keys that are refused only with some values."""

from collections.abc import Iterator
from ipaddress import ip_address

from checks.engine.project.effect import NOTHING, Confined, Reaching
from checks.parsing.text.yaml_node import YamlNode

# The engine's default capabilities, of which the grader withholds some (`WITHHELD`).
CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
# Parameters of a container's own network and of its own shared memory.
OWN_PARAMETERS = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")
OWN_OPTIONS = frozenset(
    {
        "com.docker.network.driver.mtu",
        "com.docker.network.bridge.enable_icc",
        "com.docker.network.bridge.enable_ip_masquerade",
    }
)


def other_than(*values: str) -> Reaching:
    """Return a function that yields every value except these, of a text or of the texts in a list."""

    def reaching(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
        for entry in node.elements() if node.is_list else (node,):
            if not _is_scalar(entry) or entry.text.lower() not in values:
                yield entry

    return reaching


def capabilities(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield capabilities that no container has by default."""
    for entry in node.elements() if node.is_list else (node,):
        if not _is_scalar(entry) or capability(entry.text) not in CAPABILITIES:
            yield entry


def capability(written: str) -> str:
    """Return the canonical name of a capability: NET_RAW for `cap_net_raw`."""
    return written.upper().removeprefix("CAP_")


def parameters(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield kernel parameters that are not a container's own."""
    for name, entry in _pairs(node, "="):
        if not name.startswith(OWN_PARAMETERS):
            yield entry


def hosts(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield names for anything except a plain address: `host-gateway` is this machine."""
    for _, entry in _pairs(node, "=:"):
        for address in entry.elements() if entry.is_list else (entry,):
            if not _is_address(address):
                yield address


def options(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield options of a network's driver that name something of this machine."""
    for name, entry in _pairs(node, "="):
        if name not in OWN_OPTIONS:
            yield entry


def names(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield groups that are not given as a number."""
    for entry in node.elements() if node.is_list else (node,):
        if not _is_scalar(entry) or not entry.text.isdecimal():
            yield entry


def watched(node: YamlNode, confined: Confined) -> Iterator[YamlNode]:
    """Yield paths of `develop.watch` that lead out of the folder."""
    watch = node.get("watch")
    if watch is None or not watch.is_list:
        yield node
        return
    for entry in watch.elements():
        yield from (place for place, _ in confined.refusals(entry.get("path")))


def caches(node: YamlNode, confined: Confined) -> Iterator[YamlNode]:
    """Yield caches of a build that lie in a folder of this machine."""
    for entry in node.elements() if node.is_list else (node,):
        fields = (part.partition("=") for part in entry.text.split(",")) if _is_scalar(entry) else ()
        if any(name.strip() in {"dest", "src"} and confined.refusal(path) for name, _, path in fields):
            yield entry


def log_drivers(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield a driver that does not keep the log with the container."""
    driver = node.get("driver")
    if driver is not None and driver.value not in ("json-file", "local", "none", None):
        yield driver


def pools(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield addresses that a network asks for; its driver may be the default one."""
    for name, entry in _pairs(node, "="):
        if entry.value not in NOTHING and not (name == "driver" and entry.value == "default"):
            yield entry


def devices(node: YamlNode, _confined: Confined) -> Iterator[YamlNode]:
    """Yield the options of a volume, which can name a folder or a server, unless it is a tmpfs."""
    kind = node.get("type")
    if kind is None or kind.value != "tmpfs":
        yield node


def _pairs(node: YamlNode, separators: str) -> Iterator[tuple[str, YamlNode]]:
    """Yield the names in a mapping or in a list of `NAME=value`, each with its node."""
    if node.is_mapping:
        yield from node.items()
    elif node.is_list:
        for entry in node.elements():
            at = min((found for mark in separators if (found := entry.text.find(mark)) >= 0), default=None)
            yield entry.text[:at] if _is_scalar(entry) else "", entry
    else:
        yield "", node


def _is_address(node: YamlNode) -> bool:
    """Whether it is a plain address, with or without `NAME=` or `NAME:` before it."""
    if not _is_scalar(node):
        return False
    mark = "=" if "=" in node.text else ":"
    return any(map(_is_plain, (node.text, node.text.partition(mark)[2])))


def _is_plain(text: str) -> bool:
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return False
    return not address.is_link_local


def _is_scalar(node: YamlNode) -> bool:
    return not node.is_mapping and not node.is_list
