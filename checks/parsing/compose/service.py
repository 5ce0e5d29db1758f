"""Read one service of a Compose file from its node into frozen data; the schema has already reported mistakes.

Every function accepts a node of any kind and reads as much as it can, so that a faulty file is read to its end.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from checks.parsing.compose.model import (
    Build,
    EnvFile,
    Grant,
    Healthcheck,
    Limits,
    Mount,
    Service,
    below,
    elements,
)
from checks.parsing.compose.values import Port, seconds, short_mount, short_port, size_in_bytes
from checks.parsing.text.yaml_node import YamlNode

DEFAULT_DOCKERFILE = "Dockerfile"
_COUNT = re.compile(r"[0-9]{1,20}")
SECRETS = "/run/secrets/"  # the folder of secrets whose target is not an absolute path


def read_service(name: str, line: int, node: YamlNode) -> Service:
    """Read all parts of a service."""
    return Service(
        name=name,
        line=line,
        image=_text(node.get("image")) or None,
        build=_build(node.get("build")),
        ports=tuple(port for entry in elements(node.get("ports")) if (port := read_port(entry))),
        volumes=tuple(_mount(entry) for entry in elements(node.get("volumes"))),
        secrets=tuple(_grant(entry, SECRETS) for entry in elements(node.get("secrets"))),
        configs=tuple(_grant(entry, "/") for entry in elements(node.get("configs"))),
        environment=pairs(node.get("environment")),
        env_files=tuple(_env_files(node.get("env_file"))),
        labels=pairs(node.get("labels")),
        healthcheck=_healthcheck(node.get("healthcheck")),
        restart=_text(node.get("restart")),
        limits=_limits(node),
        depends_on=_names(node.get("depends_on")),
        command=_command(node.get("command")),
        entrypoint=_command(node.get("entrypoint")),
        networks=_names(node.get("networks")),
        profiles=_names(node.get("profiles")),
        copies=_copies(node),
        node=node,
    )


def pairs(node: YamlNode | None) -> Mapping[str, str | None]:
    """Read a mapping or a list of `NAME=value`; the value is None for a name without one."""
    found: dict[str, str | None] = {}
    if node is not None and node.is_mapping:
        for key, child in node.items():
            found[key] = None if child.value is None else child.text
    for entry in elements(node):
        name, has_value, value = entry.text.partition("=")
        found[name] = value if has_value else None
    return MappingProxyType(found)


def _build(node: YamlNode | None) -> Build | None:
    if node is None:
        return None
    if not node.is_mapping:
        return Build(_text(node), DEFAULT_DOCKERFILE, "", {}, node.line)
    context, dockerfile = _text(node.get("context")) or ".", _text(node.get("dockerfile"))
    target, is_inline = _text(node.get("target")), bool(_text(node.get("dockerfile_inline")))
    arguments = pairs(node.get("args"))
    return Build(context, dockerfile or DEFAULT_DOCKERFILE, target, arguments, node.line, is_inline)


def _copies(node: YamlNode) -> int:
    counts = (_text(node.get("scale")), _text(below(node, "deploy", "replicas")))
    return max((int(count) for count in counts if _COUNT.fullmatch(count)), default=1)


def read_port(node: YamlNode) -> Port | None:
    """Read a port in the short or the long form; None if it is not a port."""
    if not node.is_mapping:
        return short_port(node.text, node.line)
    ip, protocol = _text(node.get("host_ip")), (_text(node.get("protocol")) or "tcp").lower()
    published = _text(node.get("published"))
    written = f"{published}:{_text(node.get('target'))}" if published else _text(node.get("target"))
    found = short_port(written, node.line)
    return replace(found, host_ip=ip, protocol=protocol) if found else None


def _mount(node: YamlNode) -> Mount:
    if node.is_mapping:
        read_only = _truth(node.get("read_only"))
        kind, source, target = (_text(node.get(key)) for key in ("type", "source", "target"))
        return Mount(kind, source, target, read_only, node.line)
    short = short_mount(node.text)
    kind = "bind" if short.is_bind else "volume"
    return Mount(kind, short.source, short.target, "ro" in short.options, node.line)


def _grant(node: YamlNode, folder: str) -> Grant:
    source = _text(node.get("source") if node.is_mapping else node)
    target = _text(node.get("target")) or source
    return Grant(source, target if target.startswith("/") else folder + target, node.line)


def _env_files(node: YamlNode | None) -> Iterator[EnvFile]:
    entries = list(elements(node)) or ([node] if node is not None and not node.is_list else [])
    for entry in entries:
        if entry.is_mapping:
            required = "required" not in entry or _truth(entry.get("required"))
            yield EnvFile(_text(entry.get("path")), required, entry.line)
        else:
            yield EnvFile(_text(entry), required=True, line=entry.line)


def _healthcheck(node: YamlNode | None) -> Healthcheck | None:
    if node is None:
        return None
    times = [seconds(_text(node.get(key))) for key in ("interval", "timeout", "start_period")]
    retries = node.get("retries")
    count = int(retries.text) if retries is not None and _COUNT.fullmatch(retries.text) else None
    test = ("NONE",) if _truth(node.get("disable")) else _test(node.get("test"))
    return Healthcheck(test, times[0], times[1], times[2], count, node.line)


def _test(node: YamlNode | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if node.is_list:
        return tuple(entry.text for entry in node.elements())
    return ("CMD-SHELL", node.text)


def _limits(node: YamlNode) -> Limits:
    """Read the limits from the new or the old keys; Compose refuses a file where the two differ."""
    resources = below(node, "deploy", "resources", "limits")
    memory = _text(below(resources, "memory")) or _text(node.get("mem_limit"))
    cpus = _text(below(resources, "cpus")) or _text(node.get("cpus"))
    line = resources.line if resources is not None else node.line
    for key in ("cpus", "mem_limit"):
        line = node.key_line(key) if key in node else line
    return Limits(size_in_bytes(memory) or None, _number(cpus) or None, line)


def _command(node: YamlNode | None) -> tuple[str, ...] | str | None:
    if node is None or node.value is None:
        return None
    return tuple(entry.text for entry in node.elements()) if node.is_list else _text(node)


def words(command: tuple[str, ...] | str | None) -> tuple[str, ...]:
    """Return a command as the engine gets it: Compose splits a text like a shell."""
    if not isinstance(command, str):
        return command or ()
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return (command,)


def _names(node: YamlNode | None) -> tuple[str, ...]:
    if node is not None and node.is_mapping:
        return tuple(node)
    return tuple(entry.text for entry in elements(node))


def _text(node: YamlNode | None) -> str:
    return "" if node is None or node.is_mapping or node.is_list or node.value is None else node.text


def _truth(node: YamlNode | None) -> bool:
    return _text(node).lower() in {"true", "yes", "on", "y"}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
