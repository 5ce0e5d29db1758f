"""Keys of a Compose file that exclude each other, and alternatives of which exactly one must be set."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.parsing.compose.model import Compose, Service, below, elements
from checks.parsing.compose.values import size_in_bytes
from checks.parsing.text.problems import Problem
from checks.parsing.text.yaml_node import YamlNode

FIRST_WORDS = ("CMD", "CMD-SHELL", "NONE")
SECRET_SOURCES, CONFIG_SOURCES = ("file", "environment"), ("file", "environment", "content")


@dataclass(frozen=True, slots=True)
class Twice:
    """A limit with an old and a new key; if both are set, they must agree."""

    old: str
    section: str
    new: str


LIMITS = (
    Twice("mem_limit", "limits", "memory"),
    Twice("cpus", "limits", "cpus"),
    Twice("pids_limit", "limits", "pids"),
    Twice("mem_reservation", "reservations", "memory"),
)


def excluding(compose: Compose) -> Iterator[Problem]:
    """Yield the combinations that Compose refuses in one service, secret, config, network or volume."""
    for service in compose.services.values():
        if service.name in compose.enabled:
            yield from _health(service)
            yield from _network(service)
            yield from _build(service)
            yield from _limits(service)
            yield from _devices(service)
        yield from _mounts(service.node)
    yield from _sources(compose.node.get("secrets"), SECRET_SOURCES)
    yield from _sources(compose.node.get("configs"), CONFIG_SOURCES)
    for key in ("networks", "volumes", "secrets", "configs"):
        yield from _external(compose.node.get(key), key)


def _health(service: Service) -> Iterator[Problem]:
    test = below(service.node, "healthcheck", "test")
    first = test.get(0) if test is not None else None
    if first is not None and first.text not in FIRST_WORDS:
        why = "a list begins with `CMD` (a program and its arguments), `CMD-SHELL` (a line for a shell) or `NONE`"
        yield Problem(first.line, f"`{first.text[:60]}` is no way to check a health: {why}")


def _network(service: Service) -> Iterator[Problem]:
    mode = service.node.get("network_mode")
    if mode is not None and mode.text and service.networks:
        yield Problem(mode.line, "`network_mode` and `networks` exclude each other: leave one out")


def _build(service: Service) -> Iterator[Problem]:
    build = service.node.get("build")
    inline, written = below(build, "dockerfile_inline"), below(build, "dockerfile")
    if inline is not None and inline.text and written is not None and written.text:
        yield Problem(inline.line, "`dockerfile` and `dockerfile_inline` exclude each other: leave one out")
    platform, platforms = service.node.get("platform"), below(build, "platforms")
    if platform is None or platforms is None or not platforms.is_list:
        return
    listed = [entry.text for entry in platforms.elements()]
    if listed and platform.text not in listed:
        yield Problem(
            platforms.line, f"`build.platforms` lacks the `platform` of the service, `{platform.text[:60]}`"
        )


def _limits(service: Service) -> Iterator[Problem]:
    for limit in LIMITS:
        old, section = service.node.get(limit.old), below(service.node, "deploy", "resources", limit.section)
        if old is None or section is None or not section.is_mapping or not _amount(old):
            continue
        if _amount(old) != _amount(section.get(limit.new)):
            place = f"deploy.resources.{limit.section}"
            why = f"it and `{place}.{limit.new}` must say the same: leave one of the two places out"
            yield Problem(old.line, f"`{limit.old}` beside `{place}`: {why}")
    scale, replicas = service.node.get("scale"), below(service.node, "deploy", "replicas")
    if scale is not None and replicas is not None and _amount(scale) != _amount(replicas):
        yield Problem(scale.line, "`scale` and `deploy.replicas` say different numbers: leave one out")


def _devices(service: Service) -> Iterator[Problem]:
    gpus, reserved = (
        service.node.get("gpus"),
        below(service.node, "deploy", "resources", "reservations", "devices"),
    )
    for devices in (gpus, reserved):
        for device in devices.elements() if devices is not None and devices.is_list else ():
            if "count" in device and "device_ids" in device:
                yield Problem(device.line, "`count` and `device_ids` exclude each other: leave one out")
    for entry in elements(service.node.get("devices")):
        if entry.text.count(":") > 2:  # noqa: PLR2004 - a device, its name inside, and rights
            yield Problem(
                entry.line, f"`{entry.text[:60]}` has too many parts: a device, its name inside, and rights"
            )


def _mounts(service: YamlNode) -> Iterator[Problem]:
    for mount in elements(service.get("volumes")):
        kind = mount.get("type")
        if kind is not None and kind.text == "bind" and "source" not in mount:
            yield Problem(mount.line, "a mount of the type `bind` has no `source`, and needs one")
    for watch in elements(below(service, "develop", "watch")):
        action = watch.get("action")
        if action is not None and action.text.startswith("sync") and "target" not in watch:
            yield Problem(watch.line, f"`{action.text[:60]}` has no `target`, and needs one")


def _sources(section: YamlNode | None, choices: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for each secret or config that does not have exactly one source."""
    for name, entry in section.items() if section is not None and section.is_mapping else ():
        if not entry.is_mapping:
            continue
        found = [key for key in choices if key in entry]
        listed = " or ".join(f"`{key}`" for key in choices)
        if len(found) > 1:
            yield Problem(
                entry.line, f"`{entry.path}` has {' and '.join(f'`{key}`' for key in found)}: one is due"
            )
        elif not _is_external(entry) and (not found or not _says(entry, found[0])):
            yield Problem(
                section.key_line(name) if section else 1,
                f"`{entry.path}` comes from nowhere: {listed} is due",
            )


def _says(entry: YamlNode, key: str) -> bool:
    """Return whether the source is set: a variable needs a name, but Compose accepts an empty path or text."""
    return key != "environment" or bool(entry[key].text)


def _external(section: YamlNode | None, key: str) -> Iterator[Problem]:
    """Yield problems for external volumes with settings, and for external objects with two names."""
    for _, entry in section.items() if section is not None and section.is_mapping else ():
        external = entry.get("external")
        if external is None or not _is_external(entry):
            continue
        if external.is_mapping and "name" in external and "name" in entry:
            yield Problem(external.line, f"`{entry.path}` has two names: `name` is enough")
        settings = [other for other in ("driver", "driver_opts", "labels") if other in entry]
        if key == "volumes" and settings:
            why = f"`external` and `{settings[0]}` exclude each other: somebody else has made it"
            yield Problem(external.line, f"`{entry.path}`: {why}")


def _is_external(entry: YamlNode) -> bool:
    external = entry.get("external")
    return external is not None and (
        external.is_mapping or external.text.lower() in {"true", "yes", "on", "y"}
    )


def _amount(node: YamlNode | None) -> float:
    """Return a number or a size in bytes; 0 if it is missing or neither."""
    if node is None or node.is_mapping or node.is_list:
        return 0
    try:
        return float(node.text[:60])
    except ValueError:
        return size_in_bytes(node.text) or 0
