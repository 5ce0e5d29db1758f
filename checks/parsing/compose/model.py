"""A Compose file as frozen data: its services and their parts, each with its line.

A part may be missing or have the wrong type. Readers ask for it here and get None.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.parsing.compose.values import Port
from checks.parsing.text.problems import Problem
from checks.parsing.text.yaml_node import YamlNode


def below(node: YamlNode | None, *keys: str) -> YamlNode | None:
    """What stands at these keys, one in the other; None where one is missing."""
    for key in keys:
        node = node.get(key) if node is not None else None
    return node


def elements(node: YamlNode | None) -> Iterator[YamlNode]:
    """The elements of a list; none of anything else."""
    return node.elements() if node is not None and node.is_list else iter(())


def children(node: YamlNode | None) -> Iterator[YamlNode]:
    """The values of a mapping; none of anything else."""
    return (child for _, child in node.items()) if node is not None and node.is_mapping else iter(())


@dataclass(frozen=True, slots=True)
class Build:
    """How a service's image is built; `dockerfile` is relative to `context`."""

    context: str
    dockerfile: str
    target: str
    args: Mapping[str, str | None]
    line: int
    is_inline: bool = False  # its Dockerfile stands in the Compose file


@dataclass(frozen=True, slots=True)
class Mount:
    """`type` is bind, volume or tmpfs; `source` a path as written, a volume's name, or "" for none."""

    type: str
    source: str
    target: str
    read_only: bool
    line: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A secret or a config that a service is given; `target` is where the container finds it."""

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
    """`test` as the engine takes it: `("CMD", ...)`, `("CMD-SHELL", text)`, `("NONE",)`, or () when left out.

    Times are in seconds; None where the engine's default holds.
    """

    test: tuple[str, ...]
    interval: float | None
    timeout: float | None
    start_period: float | None
    retries: int | None
    line: int

    @property
    def is_disabled(self) -> bool:
        """Whether it takes an image's own health check away."""
        return self.test[:1] == ("NONE",)


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, from `deploy.resources.limits` or `mem_limit` and `cpus`; None where there is none."""

    memory_bytes: int | None
    cpus: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Service:
    """One service; `node` has the rest of what is written of it."""

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
    copies: int  # containers that are to be made of it
    node: YamlNode = field(repr=False)

    def line_of(self, key: str) -> int:
        """The line of one of its keys, or its own."""
        return self.node.key_line(key) if key in self.node else self.line


@dataclass(frozen=True, slots=True)
class FileObject:
    """A secret or a config at the top of the file; `file` is its path as written, None for another source."""

    name: str
    file: str | None
    external: bool
    line: int


@dataclass(frozen=True, slots=True)
class Compose:
    """One file, its variables replaced. `problems` are the reasons for which Compose refuses it.

    `obsolete` are notes on what Compose ignores, `unset` on variables that it replaces by nothing. What has
    problems is read as far as it makes sense. `enabled` are the services that no profile switches off.
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
