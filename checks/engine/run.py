"""Running a student's image: bounded, on a network of its own without a way out, its port on loopback."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.engine import Engine
from checks.engine.limits import MIB, ContainerLimits
from checks.engine.ownership import Run
from checks.interruption import uninterrupted

if TYPE_CHECKING:
    from docker.models.containers import Container as DockerContainer

LOOPBACK = "127.0.0.1"


class StartFailed(Exception):  # noqa: N818 - the student's container did not start; nothing of ours is broken
    """The engine would not start the container: its command does not exist, say."""


@dataclass(frozen=True)
class Running:
    """A container at work, seen from outside; never asked about itself, since an image can lie."""

    engine: Engine
    container: "DockerContainer"
    limits: ContainerLimits

    def inspect(self) -> dict[str, Any]:
        """What the engine knows of it, fresh."""
        self.container.reload()
        return dict(self.container.attrs)

    def published(self, port: int) -> int | None:
        """The port on loopback behind which `port` answers."""
        bindings = self.inspect()["NetworkSettings"]["Ports"].get(f"{port}/tcp") or [{}]
        number = bindings[0].get("HostPort")
        return int(number) if number else None

    def is_over(self) -> bool:
        """Whether it has ended."""
        return bool(self.inspect()["State"]["Status"] in {"exited", "dead"})

    def ending(self) -> str:
        """How it ended, with the limit it ran into where there was one."""
        state = self.inspect()["State"]
        how = f"it ended with exit code {state['ExitCode']}" + (
            f": {state['Error']}" if state["Error"] else ""
        )
        return self.limit_hit() or how

    def limit_hit(self) -> str | None:
        """The limit that it ran into, as the engine and the kernel know it."""
        state = self.inspect()["State"]
        if state.get("OOMKilled"):
            return f"it was killed at {self.limits.memory_mib} MiB (its limit of memory)"
        if state["Running"] and self._processes() >= self.limits.processes:
            return f"it was refused more than {self.limits.processes} processes (its limit of processes)"
        return None

    def _processes(self) -> int:
        """How many processes and threads there are in it now."""
        stats: Any = self.container.stats(stream=False, one_shot=True)
        return int(stats.get("pids_stats", {}).get("current", 0))

    def logs(self) -> str:
        """What it wrote so far, bounded by its log limit."""
        return self.container.logs(stdout=True, stderr=True).decode(errors="replace")

    def read(self, path: str) -> str:
        """A text file inside, "" when there is none."""
        from checks.engine.inside import read_file

        return read_file(self.engine, str(self.container.id), path)

    def wait_over(self, seconds: float) -> bool:
        """Wait for its end; False when it is still there after `seconds`."""
        deadline = time.monotonic() + seconds
        while not self.is_over():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True


@contextmanager
def run_container(  # noqa: PLR0913 - one container has this many sides
    engine: Engine,
    run: Run,
    image: str,
    *,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
    volumes: Sequence[str] = (),
    command: Sequence[str] | None = None,
    limits: ContainerLimits = ContainerLimits(),  # noqa: B008 - frozen
) -> Iterator[Running]:
    """Boot `image` and remove it afterwards; raises `StartFailed` when the engine cannot start it."""
    with _network(engine, run) as network:
        options = {
            "labels": run.labels,
            "environment": dict(environment or {}),
            "volumes": list(volumes),
            "network": network,
            "ports": {f"{port}/tcp": (LOOPBACK, None)} if port else None,
            **_bounds(limits),
        }
        with _started(engine, image, command, options) as container:
            yield Running(engine, container, limits)


@contextmanager
def _started(
    engine: Engine, image: str, command: Sequence[str] | None, options: Mapping[str, Any]
) -> Iterator["DockerContainer"]:
    """The container, started; what the engine refuses is the image's own fault."""
    from docker.errors import APIError

    container = None
    try:
        with uninterrupted():
            container = engine.client.containers.create(
                image, list(command) if command is not None else None, **options
            )
        container.start()
    except APIError as error:
        _remove(container)
        engine.client.ping()  # an engine that is gone is nobody's fault but ours
        raise StartFailed(str(error.explanation or error)) from error
    try:
        yield container
    finally:
        _remove(container)


def _remove(container: "DockerContainer | None") -> None:
    """Remove it; one that will not go is left to the sweep of the run."""
    from docker.errors import APIError

    if container is not None:
        with suppress(APIError):
            container.remove(force=True, v=True)


@contextmanager
def _network(engine: Engine, run: Run) -> Iterator[str]:
    """A bridge for one container: published ports work, but nothing is masqueraded, so nothing gets out."""
    from docker.errors import APIError

    options = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    with uninterrupted():
        network = engine.client.networks.create(
            _name(run), driver="bridge", options=options, labels=run.labels
        )
    try:
        yield str(network.name)
    finally:
        with suppress(APIError):  # as above
            network.remove()


def _name(run: Run) -> str:
    """A name for one more network of this run."""
    return f"{run.name}-{secrets.token_hex(4)}"


def _bounds(limits: ContainerLimits) -> dict[str, Any]:
    """The limits in the engine's words; no swap beyond memory, no new privileges, no forged packets.

    Nobody answers at the resolver it is given, its own loopback: questions of names would get out.
    """
    return {
        "mem_limit": limits.memory_mib * MIB,
        "memswap_limit": limits.memory_mib * MIB,
        "pids_limit": limits.processes,
        "nano_cpus": int(limits.cpus * 1e9),
        "security_opt": ["no-new-privileges"],
        "cap_drop": ["NET_RAW"],
        "dns": [LOOPBACK],
        "log_config": {"type": "json-file", "config": {"max-size": f"{limits.log_mib}m", "max-file": "1"}},
    }
