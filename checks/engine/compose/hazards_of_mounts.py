"""What a service may not mount."""

from collections.abc import Iterator, Mapping

from checks.engine.compose.confined import Confined
from checks.parsing.compose.values import short_mount
from checks.parsing.yamlnode import YamlNode

Found = Iterator[tuple[YamlNode, str]]

MOUNT_OPTIONS = frozenset({"", "ro", "rw", "z", "nocopy", "cached", "delegated", "consistent"})


def mount_hazards(node: YamlNode, confined: Confined) -> Found:
    """Every reason not to mount what it asks for."""
    writable, sources = dict[str, YamlNode](), dict[str, YamlNode]()
    volumes = node.get("volumes")
    for entry in volumes.elements() if volumes is not None and volumes.is_list else ():
        kind, source, read_only, options = _mount(entry)
        if kind not in {"bind", "volume", "tmpfs"}:
            yield entry, f"a mount of the type `{kind}`: the grader has bind, volume and tmpfs"
        if not options <= MOUNT_OPTIONS:
            yield entry, f"mount options {', '.join(sorted(options - MOUNT_OPTIONS))}: the grader sets none"
        if kind == "bind":
            yield from ((entry, why) for why in [confined.refusal(source)] if why)
            sources[source] = entry
            if not read_only:
                writable[source] = entry
    for source, entry in sources.items():
        yield from _swappable(source, entry, writable, confined)


def _swappable(source: str, entry: YamlNode, writable: Mapping[str, YamlNode], confined: Confined) -> Found:
    """A container that may write to a folder can put a link where the next mount finds its own."""
    inner = confined.root / source
    for outer in writable:
        if outer != source and inner.is_relative_to(confined.root / outer):
            yield (
                entry,
                f"`{source}` is in `{outer}`, which the container may write to: mount that one read-only",
            )


def _mount(entry: YamlNode) -> tuple[str, str, bool, frozenset[str]]:
    """Its type, its source, whether it is read-only, and its other options."""
    if not entry.is_mapping:
        short = short_mount(entry.text)
        return (
            "bind" if short.is_bind else "volume",
            short.source,
            "ro" in short.options,
            frozenset(short.options),
        )
    kind, source, bind = entry.get("type"), entry.get("source"), entry.get("bind")
    read_only, options = entry.get("read_only"), set[str]()
    if bind is not None and bind.is_mapping:
        options = {key for key, child in bind.items() if key != "create_host_path" and child.value}
    return (
        kind.text if kind is not None else "",
        source.text if source is not None else "",
        read_only is not None and read_only.value is True,
        frozenset(options),
    )
