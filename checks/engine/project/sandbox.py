"""The sandbox: a normalised Compose file rewritten with limits, labels, ports on loopback and no way out.

`hazards` has already refused everything that reaches out, so this relies only on the form of a normalised file.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.engine.limits import MIB, WITHHELD, ContainerLimits
from checks.engine.ports import LOOPBACK
from checks.engine.project.document import Document, on_loopback
from checks.engine.project.keys_of_services import SERVICE
from checks.engine.project.reach import capability
from checks.engine.project.resources import LEAST_CPUS, declared, least, memory_shares, paced
from checks.parsing.compose.values import size_in_bytes

NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
KEPT = frozenset(name for name, key in SERVICE.items() if key.kept)

OF_BINDS = frozenset({"create_host_path", "selinux"})

TMPFS_MIB = 64  # of a volume in memory
_OWNER_OR_MODE = re.compile(r"(?:uid|gid|mode)=[0-9]{1,9}", re.ASCII)

GRACE_SECONDS = 3  # for a service to stop before it is killed; no data is lost here


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Add the run's labels to every service, and limits where its own are missing or higher.

    `image` gives the id of the image that a service runs, `health` the health check of that image.
    """

    labels: Mapping[str, str]
    limits: ContainerLimits
    image: Callable[[str], str]
    health: Callable[[str], Mapping[str, Any] | None] = lambda _name: None

    def applied(self, document: Document, project: str) -> Document:
        """Return the document to boot; the given one stays unchanged."""
        shares = memory_shares(document["services"], self.limits.memory_mib * MIB)
        services = {
            name: self._service(name, service, shares[name]) for name, service in document["services"].items()
        }
        return {
            "name": project,
            "services": services,
            "networks": {name: self._network(entry or {}) for name, entry in _section(document, "networks")},
            "volumes": {name: self._volume(entry or {}) for name, entry in _section(document, "volumes")},
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
            "dns": [LOOPBACK],  # services find each other; other names would go to this machine's resolver
            **({"healthcheck": check} if check else {}),
            **self._shared(service, memory),
            "volumes": [_mount(mount) for mount in service.get("volumes") or ()],
            "logging": {
                "driver": "json-file",
                "options": {"max-size": f"{self.limits.log_mib}m", "max-file": "1"},
            },
        }

    def _volume(self, volume: Document) -> Document:
        """Return a volume on the disk, or one in memory, with its owner and mode."""
        options = volume.get("driver_opts") or {}
        if options.get("type") != "tmpfs":
            return {"labels": dict(self.labels)}
        kept = [entry for entry in str(options.get("o", "")).split(",") if _OWNER_OR_MODE.fullmatch(entry)]
        in_memory = {"type": "tmpfs", "device": "tmpfs", "o": ",".join([*kept, f"size={TMPFS_MIB}m"])}
        return {"labels": dict(self.labels), "driver_opts": in_memory}

    def _limits(self, service: Document, memory: int) -> Document:
        own = declared(service)
        return {
            "memory": str(memory),
            "cpus": str(least(own.get("cpus"), self.limits.cpus, LEAST_CPUS)),
            "pids": int(least(own.get("pids"), self.limits.processes, 1)),
        }

    @staticmethod
    def _shared(service: Document, memory: int) -> Document:
        """Return its shared memory, which counts towards its memory."""
        size = size_in_bytes(str(service.get("shm_size") or ""))
        return {"shm_size": str(min(size, memory))} if size else {}

    def _network(self, network: Document) -> Document:
        """Return a bridge only for this project; without masquerading, nothing gets out."""
        internal = bool(network.get("internal"))
        options = {"driver": "bridge", "internal": internal, "driver_opts": NO_WAY_OUT}
        return {**options, "labels": dict(self.labels)}


def _mount(mount: Document) -> Document:
    """Return a mount without the options that matter only for mounts below it."""
    bind = {key: value for key, value in (mount.get("bind") or {}).items() if key in OF_BINDS}
    return {**mount, "bind": bind} if mount.get("type") == "bind" else mount


def _unnamed(entry: Document) -> Document:
    return {key: value for key, value in entry.items() if key != "name"}


def _section(document: Document, key: str) -> list[tuple[str, Any]]:
    return list((document.get(key) or {}).items())
