"""A Docker Engine that answers: its address, its client, its image store, and the folders that it can mount."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from checks.engine.commands import TIME_LIMIT_S, run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    import docker

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


# How `docker info` names containerd's image store (docs.docker.com, containerd image store).
SNAPSHOTTER: Final = ["driver-type", "io.containerd.snapshotter.v1"]


def store_of(engine: Engine) -> str:
    """The image store: `containerd`, or the driver of the older store (`overlay2`, `vfs`)."""
    facts = engine.client.info()
    return "containerd" if SNAPSHOTTER in (facts.get("DriverStatus") or ()) else str(facts["Driver"])


HOW_TO_SHARE = (
    "set TMPDIR to a folder below your home, which Colima and Docker Desktop share, or share that one "
    "(Docker Desktop: Settings, Resources, File sharing)"
)


def sees(engine: Engine, labels: Mapping[str, str], image: str, folder: Path) -> bool:
    """Whether a container could mount `folder`. Colima and Docker Desktop share only some folders of the host.

    A container mounts any other folder empty, and a student would read that a file is missing. The engine checks
    the source when it creates a container, so we do not start it. `image` is any local image.
    """
    from docker.errors import APIError
    from docker.types import Mount

    mounts = [Mount("/seen", str(folder), type="bind", read_only=True)]
    try:
        made = engine.client.containers.create(image, ["seen"], mounts=mounts, labels=dict(labels))
    except APIError as refused:
        if "mount" in str(refused.explanation).lower():  # "invalid mount config", "Mounts denied"
            return False
        raise
    made.remove(force=True)
    return True
