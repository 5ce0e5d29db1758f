"""A normalised Compose file, rewritten for the grader: limits, labels, ports on loopback, no way out.

Only what is Compose's business to normalise is relied on here; what may not be in the file was refused before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.engine.limits import MIB, ContainerLimits
from checks.engine.ports import LOOPBACK
from checks.parsing.compose.values import size_in_bytes

NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
# The engine's business, or names that something else on this machine may have already.
DROPPED = (
    "build",
    "container_name",
    "pull_policy",
    "platform",
    "mem_limit",
    "mem_reservation",
    "cpus",
    "pids_limit",
    "profiles",
)

GRACE_SECONDS = 3  # for a service to stop before it is killed: nobody loses data here

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What every service gets: the labels of the run, and limits where its own are none or higher.

    `image` gives the id of the image that a service runs.
    """

    labels: Mapping[str, str]
    limits: ContainerLimits
    image: Callable[[str], str]

    def applied(self, document: Document, project: str) -> Document:
        """The file as it is booted; the given one is left as it is."""
        services = {name: self._service(name, service) for name, service in document["services"].items()}
        return {
            "name": project,
            "services": services,
            "networks": {name: self._network(entry or {}) for name, entry in _section(document, "networks")},
            "volumes": {name: {"labels": dict(self.labels)} for name, _ in _section(document, "volumes")},
            "secrets": {name: _unnamed(entry) for name, entry in _section(document, "secrets")},
            "configs": {name: _unnamed(entry) for name, entry in _section(document, "configs")},
        }

    def _service(self, name: str, service: Document) -> Document:
        kept = {key: value for key, value in service.items() if key not in DROPPED}
        return {
            **kept,
            "image": self.image(name),
            "labels": {**(service.get("labels") or {}), **self.labels},
            "ports": [on_loopback(port) for port in service.get("ports") or ()],
            "deploy": {**(service.get("deploy") or {}), "resources": {"limits": self._limits(service)}},
            "memswap_limit": str(self._memory(service)),
            "stop_grace_period": f"{GRACE_SECONDS}s",
            "security_opt": ["no-new-privileges:true"],
            "logging": {
                "driver": "json-file",
                "options": {"max-size": f"{self.limits.log_mib}m", "max-file": "1"},
            },
        }

    def _limits(self, service: Document) -> Document:
        own = declared(service)
        cpus, pids = own.get("cpus"), own.get("pids")
        return {
            "memory": str(self._memory(service)),
            "cpus": str(min(float(cpus or self.limits.cpus), self.limits.cpus)),
            "pids": min(int(pids or self.limits.processes), self.limits.processes),
        }

    def _memory(self, service: Document) -> int:
        most = self.limits.memory_mib * MIB
        return min(size_in_bytes(str(declared(service).get("memory", ""))) or most, most)

    def _network(self, network: Document) -> Document:
        """A bridge of this project's own, from which nothing is masqueraded, so that nothing gets out."""
        internal = bool(network.get("internal"))
        options = {"driver": "bridge", "internal": internal, "driver_opts": NO_WAY_OUT}
        return {**options, "labels": dict(self.labels)}


def declared(service: Document) -> Document:
    """The limits of a normalised service, wherever it has them."""
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    old = {"memory": service.get("mem_limit"), "cpus": service.get("cpus"), "pids": service.get("pids_limit")}
    return {**{key: value for key, value in old.items() if value}, **limits}


def on_loopback(port: Document) -> Document:
    """Published where nobody else can reach it, on a port that the system chooses."""
    return {
        "mode": "ingress",
        "host_ip": LOOPBACK,
        "target": port["target"],
        "protocol": port.get("protocol", "tcp"),
    }


def _unnamed(entry: Document) -> Document:
    return {key: value for key, value in entry.items() if key != "name"}


def _section(document: Document, key: str) -> list[tuple[str, Any]]:
    return list((document.get(key) or {}).items())
