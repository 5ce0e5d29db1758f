"""What a service may not mount. What mounts do to each other is judged where all of them are known."""

from checks.engine.compose.confined import Confined
from checks.engine.compose.effect import UNKNOWN, Found, judged, reason, refused
from checks.engine.compose.keys_of_parts import MOUNT
from checks.parsing.compose.values import short_mount
from checks.parsing.yamlnode import YamlNode

KINDS = ("bind", "volume", "tmpfs")


def mount_hazards(node: YamlNode, confined: Confined) -> Found:
    """Every reason not to mount what it asks for."""
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
