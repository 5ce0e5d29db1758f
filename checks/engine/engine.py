"""A Docker Engine that answers, and the program that talks to it.

Where an engine keeps its images: containerd's store (Docker Desktop, a fresh Engine 29), or the older one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from checks.engine.commands import TIME_LIMIT_S, run
from checks.engine.errors import EngineError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    import docker


__all__ = ["Engine", "EngineError", "Kind"]

Kind = Literal["host", "embedded"]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with BuildKit and Compose v2.

    `version` is the server's, `docker_host` a `unix://` or loopback `tcp://` address, `cli` the docker
    program, and `environment` the complete environment in which it finds this engine and its plugins.
    `directory` is where the embedded engine keeps its files; None for the host's.
    """

    kind: Kind
    version: str
    docker_host: str
    cli: Path
    environment: Mapping[str, str] = field(hash=False, repr=False)
    directory: Path | None = None

    @property
    def client(self) -> docker.DockerClient:
        """The docker-py client of this engine; one for each address and process."""
        return _client(self.docker_host)

    @property
    def major(self) -> int:
        """The first number of its version."""
        number = self.version.partition(".")[0]
        return int(number) if number.isdecimal() and number.isascii() else 0

    def run_cli(
        self, *arguments: str, time_limit_s: float = TIME_LIMIT_S, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker ARGUMENTS`; raise EngineError (command, exit code, output) when it fails."""
        command: list[str | Path] = [self.cli, *arguments]
        return run(command, environment=self.environment, time_limit_s=time_limit_s, stdin=stdin)


@functools.cache
def _client(docker_host: str) -> docker.DockerClient:
    import docker

    return docker.DockerClient(base_url=docker_host, version="auto", timeout=int(TIME_LIMIT_S))


# How `docker info` tells the two apart (docs.docker.com, containerd image store).
SNAPSHOTTER: Final = ["driver-type", "io.containerd.snapshotter.v1"]


def store_of(engine: Engine) -> str:
    """`containerd`, or the name of the older store's driver: `overlay2`, `vfs`."""
    facts = engine.client.info()
    return "containerd" if SNAPSHOTTER in (facts.get("DriverStatus") or ()) else str(facts["Driver"])
