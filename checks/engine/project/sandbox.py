"""A normalised Compose file, rewritten for the grader: limits, labels, ports on loopback, no way out.

Only what is Compose's business to normalise is relied on here; what may not be in the file was refused before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.engine.limits import MIB, WITHHELD, ContainerLimits
from checks.engine.ports import LOOPBACK
from checks.engine.project.counts import LIMITS as PROJECT
from checks.engine.project.health import paced
from checks.engine.project.keys_of_services import SERVICE
from checks.engine.project.reach import capability
from checks.parsing.compose.values import size_in_bytes

NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
KEPT = frozenset(name for name, key in SERVICE.items() if key.kept)

OF_BINDS = frozenset({"create_host_path", "selinux"})

LEAST_MEMORY = 64 * MIB  # of a service that has no limit, beside others that take all there is
CPU_PERIOD = 100_000  # microseconds, the engine's default
GRACE_SECONDS = 3  # for a service to stop before it is killed: nobody loses data here

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What every service gets: the labels of the run, and limits where its own are none or higher.

    `image` gives the id of the image that a service runs, `health` the health check that this image has.
    """

    labels: Mapping[str, str]
    limits: ContainerLimits
    image: Callable[[str], str]
    health: Callable[[str], Mapping[str, Any] | None] = lambda _name: None

    def applied(self, document: Document, project: str) -> Document:
        """The file as it is booted; the given one is left as it is."""
        shares = memory_shares(document["services"], self.limits.memory_mib * MIB)
        services = {
            name: self._service(name, service, shares[name]) for name, service in document["services"].items()
        }
        return {
            "name": project,
            "services": services,
            "networks": {name: self._network(entry or {}) for name, entry in _section(document, "networks")},
            "volumes": {name: {"labels": dict(self.labels)} for name, _ in _section(document, "volumes")},
            "secrets": {name: _unnamed(entry) for name, entry in _section(document, "secrets")},
            "configs": {name: _unnamed(entry) for name, entry in _section(document, "configs")},
        }

    def _service(self, name: str, service: Document, memory: int) -> Document:
        kept = {key: value for key, value in service.items() if key in KEPT}
        check = paced(service.get("healthcheck"), self.health(name))
        return {
            **kept,
            "image": self.image(name),
            "labels": {**(service.get("labels") or {}), **self.labels},
            "ports": [on_loopback(port) for port in service.get("ports") or ()],
            "deploy": {
                **(service.get("deploy") or {}),
                "resources": {"limits": self._limits(service, memory)},
            },
            "memswap_limit": str(memory),
            "stop_grace_period": f"{GRACE_SECONDS}s",
            "security_opt": ["no-new-privileges:true"],
            "cap_drop": sorted({*WITHHELD, *(service.get("cap_drop") or ())}),
            "cap_add": [name for name in service.get("cap_add") or () if capability(name) not in WITHHELD],
            "dns": [
                LOOPBACK
            ],  # services find each other; other names would be asked of this machine's resolver
            **({"healthcheck": check} if check else {}),
            **self._shared(service, memory),
            "volumes": [_mount(mount) for mount in service.get("volumes") or ()],
            "logging": {
                "driver": "json-file",
                "options": {"max-size": f"{self.limits.log_mib}m", "max-file": "1"},
            },
        }

    def _limits(self, service: Document, memory: int) -> Document:
        own = declared(service)
        return {
            "memory": str(memory),
            "cpus": str(least(own.get("cpus"), self.limits.cpus)),
            "pids": int(least(own.get("pids"), self.limits.processes)),
        }

    @staticmethod
    def _shared(service: Document, memory: int) -> Document:
        """Memory that its processes share: a part of what the service may have."""
        size = size_in_bytes(str(service.get("shm_size") or ""))
        return {"shm_size": str(min(size, memory))} if size else {}

    def _network(self, network: Document) -> Document:
        """A bridge of this project's own, from which nothing is masqueraded, so that nothing gets out."""
        internal = bool(network.get("internal"))
        options = {"driver": "bridge", "internal": internal, "driver_opts": NO_WAY_OUT}
        return {**options, "labels": dict(self.labels)}


def declared(service: Document) -> Document:
    """The limits of a normalised service, wherever it has them."""
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    cpus = service.get("cpus") or _of_each_period(service)
    old = {"memory": service.get("mem_limit"), "cpus": cpus, "pids": service.get("pids_limit")}
    return {**{key: value for key, value in old.items() if value}, **limits}


def _of_each_period(service: Document) -> float | None:
    """The processors that `cpu_quota` comes to: so much time of them in each `cpu_period`."""
    try:
        quota, period = (float(str(service.get(key) or 0)) for key in ("cpu_quota", "cpu_period"))
    except ValueError:
        return None
    return quota / (period or CPU_PERIOD) if quota > 0 else None


def least(own: object, ours: float) -> float:
    """A limit of the service's own where it is one, and lower: -1 and 0 are Docker's words for none."""
    try:
        number = float(str(own))
    except ValueError:
        return ours
    return number if 0 < number < ours else ours


def memory_shares(services: Mapping[str, Document], most: int) -> Mapping[str, int]:
    """The bytes that a container of each service may use: its own limit, or its share of what others leave."""
    own = _own_memory(services, most)
    taken = sum(size * copies(services[name]) for name, size in own.items())
    without = sum(copies(service) for name, service in services.items() if name not in own)
    rest = (PROJECT.memory_mib * MIB - taken) // max(1, without)
    return {name: own.get(name, max(LEAST_MEMORY, min(rest, most))) for name in services}


def memory_taken(services: Mapping[str, Document], most_mib: int) -> int:
    """What the containers that have a limit of their own may use together, in MiB."""
    own = _own_memory(services, most_mib * MIB)
    return sum(size * copies(services[name]) for name, size in own.items()) // MIB


def _own_memory(services: Mapping[str, Document], most: int) -> Mapping[str, int]:
    """The limits that services have, none above ours."""
    said = {
        name: size_in_bytes(str(declared(service).get("memory", ""))) for name, service in services.items()
    }
    return {name: min(size, most) for name, size in said.items() if size}


def copies(service: Document) -> int:
    """How many containers a normalised service has."""
    return max(1, int(service.get("scale") or 1), int((service.get("deploy") or {}).get("replicas") or 1))


def on_loopback(port: Document) -> Document:
    """Published where nobody else can reach it, on a port that is chosen when it is booted."""
    return {
        "mode": "ingress",
        "host_ip": LOOPBACK,
        "target": port["target"],
        "protocol": port.get("protocol", "tcp"),
    }


def _mount(mount: Document) -> Document:
    """A mount without what matters only where something is mounted below it."""
    bind = {key: value for key, value in (mount.get("bind") or {}).items() if key in OF_BINDS}
    return {**mount, "bind": bind} if mount.get("type") == "bind" else mount


def publishing(document: Document, name: str, port: int) -> Document:
    """The file with this port of a service published, whether it says so or not: to ask it is our business."""
    service = document["services"][name]
    ports = service.get("ports") or []
    if any((entry["target"], entry["protocol"]) == (port, "tcp") for entry in ports):
        return document
    published = {**service, "ports": [*ports, on_loopback({"target": port})]}
    return {**document, "services": {**document["services"], name: published}}


def _unnamed(entry: Document) -> Document:
    return {key: value for key, value in entry.items() if key != "name"}


def _section(document: Document, key: str) -> list[tuple[str, Any]]:
    return list((document.get(key) or {}).items())
