"""What a service may not mount. What mounts do to each other is judged where all of them are known."""

from collections.abc import Iterator

from checks.engine.compose.confined import Confined
from checks.parsing.compose.values import short_mount
from checks.parsing.yamlnode import YamlNode

Found = Iterator[tuple[YamlNode, str]]

MOUNT_OPTIONS = frozenset({"", "ro", "rw", "z", "nocopy", "cached", "delegated", "consistent"})
# Of the long form. `selinux` labels what is mounted, and that is a copy.
HARMLESS = frozenset({"create_host_path", "nocopy", "labels", "size", "mode", "selinux"})


def mount_hazards(node: YamlNode, confined: Confined) -> Found:
    """Every reason not to mount what it asks for."""
    volumes = node.get("volumes")
    for entry in volumes.elements() if volumes is not None and volumes.is_list else ():
        kind, source, options = _mount(entry)
        if kind not in {"bind", "volume", "tmpfs"}:
            yield entry, f"a mount of the type `{kind}`: the grader has bind, volume and tmpfs"
        if not options <= MOUNT_OPTIONS:
            yield entry, f"mount options {', '.join(sorted(options - MOUNT_OPTIONS))}: the grader sets none"
        if kind == "bind":
            yield from ((entry, why) for why in [confined.refusal(source)] if why)


def _mount(entry: YamlNode) -> tuple[str, str, frozenset[str]]:
    """Its type, its source, and its options."""
    if not entry.is_mapping:
        short = short_mount(entry.text)
        return "bind" if short.is_bind else "volume", short.source, frozenset(short.options)
    kind, source = entry.get("type"), entry.get("source")
    options = [option for key in ("bind", "volume", "tmpfs", "image") for option in _options(entry.get(key))]
    return (
        kind.text if kind is not None else "",
        source.text if source is not None else "",
        frozenset(options),
    )


def _options(node: YamlNode | None) -> Iterator[str]:
    """The keys that say something, and something that matters."""
    for key, child in node.items() if node is not None and node.is_mapping else ():
        if key not in HARMLESS and child.value:
            yield key
