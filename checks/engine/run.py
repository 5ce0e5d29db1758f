"""Running a student's image: bounded, on a network of its own without a way out, its port on loopback."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from checks.engine.container import Running
from checks.engine.engine import Engine
from checks.engine.limits import MIB, ContainerLimits
from checks.engine.ownership import Run
from checks.interruption import uninterrupted

if TYPE_CHECKING:
    from docker.models.containers import Container as DockerContainer

LOOPBACK = "127.0.0.1"


class StartFailed(Exception):  # noqa: N818 - the student's container did not start; nothing of ours is broken
    """The engine would not start the container: its command does not exist, say."""


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
