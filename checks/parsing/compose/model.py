"""A Compose file as frozen data: its services and their parts, each with its line.

A part may be missing or have the wrong type; then the readers here return None or nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.parsing.compose.values import Port
from checks.parsing.text.problems import Problem
from checks.parsing.text.yaml_node import YamlNode


def below(node: YamlNode | None, *keys: str) -> YamlNode | None:
    """Return the value at these nested keys; None if one is missing."""
    for key in keys:
        node = node.get(key) if node is not None else None
    return node


def elements(node: YamlNode | None) -> Iterator[YamlNode]:
    """Return the elements of a list; nothing for any other value."""
    return node.elements() if node is not None and node.is_list else iter(())


def children(node: YamlNode | None) -> Iterator[YamlNode]:
    """Return the values of a mapping; nothing for any other value."""
    return (child for _, child in node.items()) if node is not None and node.is_mapping else iter(())


@dataclass(frozen=True, slots=True)
class Build:
    """The build of a service's image; `dockerfile` is relative to `context`."""

    context: str
    dockerfile: str
    target: str
    args: Mapping[str, str | None]
    line: int
    is_inline: bool = False  # the Compose file contains the Dockerfile


@dataclass(frozen=True, slots=True)
class Mount:
    """A mount; `type` is bind, volume or tmpfs, `source` a path as written, a volume's name, or "" for none."""

    type: str
    source: str
    target: str
    read_only: bool
    line: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A secret or a config that a service uses; `target` is its path in the container."""

    source: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A file of variables for the container."""

    path: str
    required: bool
    line: int


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """A health check; `test` is `("CMD", ...)`, `("CMD-SHELL", text)`, `("NONE",)`, or () if missing.

    Times are in seconds; None means the engine's default.
    """

    test: tuple[str, ...]
    interval: float | None
    timeout: float | None
    start_period: float | None
    retries: int | None
    line: int

    @property
    def is_disabled(self) -> bool:
        """Whether it disables the image's own health check."""
        return self.test[:1] == ("NONE",)


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, from `deploy.resources.limits` or `mem_limit` and `cpus`; None if unlimited."""

    memory_bytes: int | None
    cpus: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Service:
    """One service; `node` has its other keys."""

    name: str
    line: int
    image: str | None
    build: Build | None
    ports: tuple[Port, ...]
    volumes: tuple[Mount, ...]
    secrets: tuple[Grant, ...]
    configs: tuple[Grant, ...]
    environment: Mapping[str, str | None]
    env_files: tuple[EnvFile, ...]
    labels: Mapping[str, str | None]
    healthcheck: Healthcheck | None
    restart: str
    limits: Limits
    depends_on: tuple[str, ...]
    command: tuple[str, ...] | str | None
    entrypoint: tuple[str, ...] | str | None
    networks: tuple[str, ...]
    profiles: tuple[str, ...]
    copies: int  # the number of its containers
    node: YamlNode = field(repr=False)

    def line_of(self, key: str) -> int:
        """Return the line of one of its keys; its own line if it does not have the key."""
        return self.node.key_line(key) if key in self.node else self.line


@dataclass(frozen=True, slots=True)
class FileObject:
    """A top-level secret or config; `file` is its path as written, None for another source."""

    name: str
    file: str | None
    external: bool
    line: int


@dataclass(frozen=True, slots=True)
class Compose:
    """One file with its variables replaced; `problems` are the reasons why Compose refuses it.

    `obsolete` has notes on keys that Compose ignores, `unset` on variables that it replaces by nothing. Parts with
    problems are read if they make sense. `enabled` names the services that no profile switches off.
    """

    path: str
    services: Mapping[str, Service]
    secrets: Mapping[str, FileObject]
    configs: Mapping[str, FileObject]
    volumes: tuple[str, ...]
    networks: tuple[str, ...]
    problems: tuple[Problem, ...]
    obsolete: tuple[Problem, ...]
    unset: tuple[Problem, ...]
    enabled: frozenset[str]
    node: YamlNode = field(repr=False)
