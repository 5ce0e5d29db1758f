"""Whether a host's engine will do, by what it says of itself, and what to do where it will not."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from checks.engine.errors import NoEngine

# Of Docker Engine 25: the lowest that Engine 29 answers to, and the first with `start_interval` of a health check.
LOWEST_API: Final = (1, 44)
PODMAN: Final = "Podman Engine"
ROOTLESS: Final = "name=rootless"
DOCKERS_OWN: Final = "start Docker itself and choose it (`unset DOCKER_HOST`; `docker context use default`)"


def require_usable(address: str, server: Mapping[str, Any], security: Sequence[str]) -> None:
    """Raise NoEngine for an engine that cannot grade.

    `server` is what `docker version` says of it, `security` the options that `docker info` lists.
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
