"""The resources of a service: its limits of memory, processors and processes, and its health check's interval."""

from collections.abc import Mapping
from typing import Any

from checks.engine.limits import MIB
from checks.engine.project.counts import LIMITS as PROJECT
from checks.engine.project.document import Document, replicas
from checks.parsing.compose.values import seconds, size_in_bytes

LEAST_MEMORY = 64 * MIB  # of a service without a limit, even if the others take all memory
CPU_PERIOD = 100_000  # microseconds, the engine's default
LEAST_CPUS = 1 / CPU_PERIOD  # less makes a quota of 0 microseconds, which is no limit (moby, runc)
LEAST_INTERVAL_S = 0.5
NS = 1_000_000_000
DEFAULTS = {"interval": 30.0, "start_interval": 5.0}  # of the engine
OF_IMAGES = {"interval": "Interval", "start_interval": "StartInterval"}


def declared(service: Document) -> Document:
    """Return the limits of a normalised service, from `deploy` and from the older keys."""
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    cpus = service.get("cpus") or _of_each_period(service)
    old = {"memory": service.get("mem_limit"), "cpus": cpus, "pids": service.get("pids_limit")}
    return {**{key: value for key, value in old.items() if value}, **limits}


def _of_each_period(service: Document) -> float | None:
    """Return the number of processors that `cpu_quota` allows in each `cpu_period`; None if it is not set."""
    try:
        quota, period = (float(str(service.get(key) or 0)) for key in ("cpu_quota", "cpu_period"))
    except ValueError:
        return None
    return quota / (period or CPU_PERIOD) if quota > 0 else None


def least(own: object, ours: float, smallest: float = 0.0) -> float:
    """Return the service's own limit if it is lower than ours; to Docker, -1, 0 and below `smallest` are none."""
    try:
        number = float(str(own))
    except ValueError:
        return ours
    return number if 0 < number < ours and number >= smallest else ours


def memory_shares(services: Mapping[str, Document], most: int) -> Mapping[str, int]:
    """Return the bytes for a container of each service: its own limit, or an equal share of the rest."""
    own = _own_memory(services, most)
    taken = sum(size * replicas(services[name]) for name, size in own.items())
    without = sum(replicas(service) for name, service in services.items() if name not in own)
    rest = (PROJECT.memory_mib * MIB - taken) // max(1, without)
    return {name: own.get(name, max(LEAST_MEMORY, min(rest, most))) for name in services}


def memory_taken(services: Mapping[str, Document], most_mib: int) -> int:
    """Return the sum of the limits that services set themselves, over all their containers, in MiB."""
    own = _own_memory(services, most_mib * MIB)
    return sum(size * replicas(services[name]) for name, size in own.items()) // MIB


def _own_memory(services: Mapping[str, Document], most: int) -> Mapping[str, int]:
    """Return the limits that services set themselves, lowered to ours if they are higher."""
    said = {
        name: size_in_bytes(str(declared(service).get("memory", ""))) for name, service in services.items()
    }
    return {name: min(size, most) for name, size in said.items() if size}


def paced(own: Mapping[str, Any] | None, image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a service's health check, slowed down to the shortest interval that the grader allows.

    Each check starts a process outside of every limit. The image's health check supplies the values that the
    service does not set. An interval that is long enough stays as it is.
    """
    slower = {
        key: f"{int(LEAST_INTERVAL_S * 1000)}ms"
        for key in DEFAULTS
        if _interval(key, own or {}, image or {}) < LEAST_INTERVAL_S
    }
    if not slower:
        return own
    if "start_interval" in slower and not (own or {}).get("start_period"):
        period = int((image or {}).get("StartPeriod") or 0)  # Compose accepts `start_interval` only with this
        slower["start_period"] = f"{period or NS // 1000}ns"
    return {**(own or {}), **slower}


def _interval(key: str, own: Mapping[str, Any], image: Mapping[str, Any]) -> float:
    """Return the seconds between two checks; zero counts as not set."""
    said = seconds(str(own.get(key) or "")), (image.get(OF_IMAGES[key]) or 0) / NS
    return next((length for length in said if length), DEFAULTS[key])
