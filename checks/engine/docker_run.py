"""`docker run` for a student's image: with limits, on its own network without a way out, published on loopback."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from checks.engine.container import Running
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import MIB, WITHHELD, ContainerLimits
from checks.engine.ports import LOOPBACK, free_port
from checks.engine.refusals import is_the_students
from checks.engine.retry import again
from checks.engine.run import Run
from checks.engine.written import container_disk
from checks.interruption import uninterrupted

if TYPE_CHECKING:
    from docker.errors import APIError
    from docker.models.containers import Container as DockerContainer
    from docker.models.networks import Network

REFUSED = 125  # the exit status of `docker run` when the engine refuses
_HOUR_NS = 3600 * 10**9
HEALTH_CHECK = {"interval": _HOUR_NS, "start_period": 10**6}
"""Postpones the image's health check beyond every grading: no check waits for it, and each run of it would be one
more process, started as often as the image says."""
OFTEN = {"interval": 10**9, "start_period": 10**6, "retries": 1}
WATCHED = {"healthcheck": OFTEN}
"""Runs the image's own health check every second and believes it at once."""
READ_ONLY = {"read_only": True, "tmpfs": {"/tmp": "size=64m"}}  # noqa: S108 - in the container
"""As `docker run --read-only --tmpfs /tmp`."""


class StartFailed(Exception):  # noqa: N818 - the student's image is at fault, nothing of ours
    """The engine refused to start the container because of its image, for example a missing command."""


@contextmanager
def run_container(  # noqa: PLR0913 - the options of one container
    engine: Engine,
    run: Run,
    image: str,
    *,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
    volumes: Sequence[str] = (),
    command: Sequence[str] | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
    limits: ContainerLimits = ContainerLimits(),  # noqa: B008 - frozen
) -> Iterator[Running]:
    """Start a container of `image`; on exit, remove it.

    `options` are more of docker-py's, `READ_ONLY` say, and win over ours. Raises `StartFailed` if the image
    prevents the start, `EngineError` if the engine or the machine does.
    """
    with _network(engine, run) as network:
        wanted = {
            "image": image,
            "command": list(command) if command is not None else None,
            "labels": run.labels,
            "environment": dict(environment or {}),
            "volumes": list(volumes),
            "network": network,
            **_bounds(limits),
            **options,
        }
        with (
            _started(engine, wanted, port) as container,
            container_disk(engine, container, limits) as disk,
        ):
            yield Running(engine, container, limits, disk)


@contextmanager
def _started(engine: Engine, options: Mapping[str, Any], port: int | None) -> Iterator["DockerContainer"]:
    """Start a container; on exit, remove it."""
    container = _start(engine, options, port)
    try:
        yield container
    finally:
        _remove(container)


@again(EngineError)
def _start(engine: Engine, options: Mapping[str, Any], port: int | None) -> "DockerContainer":
    """Create and start a container; remove it if it does not start. Each retry uses another port."""
    from docker.errors import APIError

    container, ports = None, {f"{port}/tcp": (LOOPBACK, free_port())} if port else None
    try:
        with uninterrupted():
            container = engine.client.containers.create(ports=ports, **options)
        container.start()
    except APIError as error:
        _remove(container)
        engine.client.ping()  # raises if the engine is dead, which ends the retries
        raise _judged(error, options["image"]) from error
    return container


def _judged(error: "APIError", image: str) -> StartFailed | EngineError:
    """Return `StartFailed` if the image caused the refusal, else `EngineError`."""
    message = str(error.explanation or error)
    return StartFailed(message) if is_the_students(message) else _refused(("run", image), message)


def _refused(words: Sequence[str], message: str) -> EngineError:
    return EngineError(("docker", *words), REFUSED, message)


def _remove(container: "DockerContainer | None") -> None:
    """Remove it; if that fails, or the engine is dead, the reaper removes it later."""
    from docker.errors import APIError
    from requests.exceptions import RequestException

    if container is not None:
        with suppress(APIError, RequestException):
            container.remove(force=True, v=True)


@contextmanager
def _network(engine: Engine, run: Run) -> Iterator[str]:
    """Create a bridge for one container: published ports work, but without masquerading nothing gets out."""
    from docker.errors import APIError
    from requests.exceptions import RequestException

    network = _create_network(engine, run)
    try:
        yield str(network.name)
    finally:
        with suppress(APIError, RequestException):  # the reaper removes it later
            network.remove()


@again(EngineError)
def _create_network(engine: Engine, run: Run) -> "Network":
    """Create the network; retry, since other gradings may soon release an address range."""
    from docker.errors import APIError

    options = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    try:
        with uninterrupted():
            return engine.client.networks.create(
                _name(run), driver="bridge", options=options, labels=run.labels
            )
    except APIError as error:
        raise _refused(("network", "create"), str(error.explanation or error)) from error


def _name(run: Run) -> str:
    """Return a random name for a network of this run."""
    return f"{run.name}-{secrets.token_hex(4)}"


def _bounds(limits: ContainerLimits) -> dict[str, Any]:
    """Return the limits as options of docker-py: no swap beyond memory, no new privileges, no forged packets.

    The resolver is the container's own loopback, where no server answers; name lookups would otherwise get out.
    """
    return {
        "mem_limit": limits.memory_mib * MIB,
        "memswap_limit": limits.memory_mib * MIB,
        "pids_limit": limits.processes,
        "nano_cpus": int(limits.cpus * 1e9),
        "security_opt": ["no-new-privileges"],
        "cap_drop": list(WITHHELD),
        "dns": [LOOPBACK],
        "healthcheck": HEALTH_CHECK,
        "log_config": {"type": "json-file", "config": {"max-size": f"{limits.log_mib}m", "max-file": "1"}},
    }
