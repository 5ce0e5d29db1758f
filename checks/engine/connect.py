"""Find the engine to grade with: the host's if it can grade, else the embedded one; else say what is missing.

The host's engine is the one that the docker context or DOCKER_HOST names: Docker's own, or Docker Desktop.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from checks.engine import embedded
from checks.engine.commands import attempt
from checks.engine.engine import Engine
from checks.engine.errors import EngineError, NoEngine
from checks.engine.retry import Patience

Choice = Literal["auto", "host", "embedded"]


def find(kind: Choice = "auto", progress: Callable[[str], None] = lambda _: None) -> Engine:
    """Return a running engine; `progress` receives one short sentence for each slow step.

    Raises NoEngine, which says what to start, or EngineError if the embedded engine fails to start.
    """
    if kind == "embedded":
        return embedded.start(progress=progress)
    try:
        return host_engine()
    except NoEngine as host:
        if kind == "host":
            raise
        return _embedded_instead(str(host), progress)


def _embedded_instead(host: str, progress: Callable[[str], None]) -> Engine:
    try:
        return embedded.start(progress=progress)
    except NoEngine as error:
        raise NoEngine(f"{host} (The embedded engine cannot be used: {error})") from error


# Docker Engine 25: the lowest API that Engine 29 serves, and the first with `start_interval` of a health check.
LOWEST_API: Final = (1, 44)
PODMAN: Final = "Podman Engine"
ROOTLESS: Final = "name=rootless"
DOCKERS_OWN: Final = "start Docker itself and choose it (`unset DOCKER_HOST`; `docker context use default`)"


def require_usable(address: str, server: Mapping[str, Any], security: Sequence[str]) -> None:
    """Raise NoEngine for an engine that cannot grade.

    `server` is from `docker version`, `security` are the options from `docker info`.
    """
    engine = f"the engine at {address}"
    components = [str(part.get("Name")) for part in server.get("Components") or ()]
    if PODMAN in components:
        raise NoEngine(f"{engine} is Podman, which builds and limits in its own way: {DOCKERS_OWN}.")
    if server.get("Os") != "linux":
        raise NoEngine(f"{engine} runs {server.get('Os')} containers: switch it to Linux containers.")
    if _api(server) < LOWEST_API:
        lowest = ".".join(map(str, LOWEST_API))
        found = f"{server.get('Version')} (API {server.get('ApiVersion')})"
        raise NoEngine(
            f"{engine} is {found}, too old for API {lowest}: update it to Docker Engine 25 or newer."
        )
    if ROOTLESS in security:
        limits = "where limits of memory and processes may not be in force"
        raise NoEngine(f"{engine} runs without root, {limits}: {DOCKERS_OWN}.")


def _api(server: Mapping[str, Any]) -> tuple[int, ...]:
    parts = str(server.get("ApiVersion")).split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


# A running engine answers in milliseconds, on a loaded machine in seconds; a dead address refuses at once.
ANSWER_LIMIT_S: Final = 20.0
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
# dockerd's answer to a client whose API it no longer serves.
CLIENT_TOO_OLD: Final = re.compile(r"client version \S+ is too old")
HOW_TO_START: Final = "start Docker (Docker Desktop, or `sudo systemctl start docker`)"


def host_engine() -> Engine:
    """Return the host's engine; raise NoEngine, which says what is missing."""
    program = shutil.which("docker")
    if program is None:
        raise NoEngine(f"there is no `docker` program on this machine: install Docker and {HOW_TO_START}.")
    cli = Path(program)
    docker_host = _address(cli)
    environment = _environment(docker_host)
    server = _server(cli, environment, docker_host)
    require_usable(docker_host, server, _security(cli, environment))
    _require_plugin(cli, environment, ("buildx", "version"), "BuildKit (the buildx plugin)")
    _require_plugin(cli, environment, ("compose", "version", "--short"), "Compose v2 (the compose plugin)")
    return Engine("host", str(server["Version"]), docker_host, cli, environment)


def _address(cli: Path) -> str:
    """Return DOCKER_HOST, else the endpoint of the docker context; raise NoEngine for another machine's."""
    address = os.environ.get("DOCKER_HOST") or _context_endpoint(cli)
    parts = urlsplit(address)
    if parts.scheme in ("unix", "npipe") or (parts.scheme == "tcp" and parts.hostname in LOOPBACK):
        return address
    raise NoEngine(
        f"the engine at {address} is on another machine, where the ports that a check asks are out of "
        "reach: unset DOCKER_HOST, or choose a local context (`docker context use default`)."
    )


def _context_endpoint(cli: Path) -> str:
    answer = _ask(cli, dict(os.environ), "context", "inspect", "--format", "{{json .Endpoints.docker.Host}}")
    if answer is None:
        raise NoEngine("`docker context inspect` fails: choose a context (`docker context use default`).")
    return str(json.loads(answer))


def _environment(docker_host: str) -> Mapping[str, str]:
    """Return the user's environment, for credentials and proxies, with the engine's address fixed."""
    kept = {name: value for name, value in os.environ.items() if name != "DOCKER_CONTEXT"}
    return {**kept, "DOCKER_HOST": docker_host, "DOCKER_BUILDKIT": "1"}


def _server(cli: Path, environment: Mapping[str, str], docker_host: str) -> Mapping[str, Any]:
    """Return the server part of `docker version`; raise NoEngine if it is missing or the client is too old."""
    question = ("version", "--format", "{{json .Server}}")
    try:
        done = attempt((cli, *question), environment=environment, time_limit_s=ANSWER_LIMIT_S)
    except EngineError:
        raise NoEngine(f"no engine answers at {docker_host}: {HOW_TO_START}.") from None
    if CLIENT_TOO_OLD.search(done.stderr):
        raise NoEngine(f"the `docker` program is too old for the engine at {docker_host}: update Docker.")
    server = json.loads(done.stdout) if done.returncode == 0 else None
    if not server:
        raise NoEngine(f"no engine answers at {docker_host}: {HOW_TO_START}.")
    return dict(server)


def _security(cli: Path, environment: Mapping[str, str]) -> Sequence[str]:
    answer = _ask(cli, environment, "info", "--format", "{{json .SecurityOptions}}")
    return json.loads(answer or "null") or ()


def _require_plugin(cli: Path, environment: Mapping[str, str], question: tuple[str, ...], what: str) -> None:
    if not _ask(cli, environment, *question):
        raise NoEngine(f"the engine answers, but {what} is missing: update Docker, or install that plugin.")


def _ask(cli: Path, environment: Mapping[str, str], *question: str) -> str | None:
    """Return the answer of the docker program; None if it fails or does not answer in time."""
    patience = Patience(ANSWER_LIMIT_S)
    while not patience.is_over:
        limit = ANSWER_LIMIT_S * patience.slowness
        with suppress(EngineError):
            done = attempt((cli, *question), environment=environment, time_limit_s=limit)
            return done.stdout.strip() if done.returncode == 0 else None
    return None
