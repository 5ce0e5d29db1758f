"""Where an engine keeps its images: containerd's store (Docker Desktop, a fresh Engine 29), or the older one."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from checks.engine.engine import Engine

# How `docker info` tells the two apart (docs.docker.com, containerd image store).
SNAPSHOTTER: Final = ["driver-type", "io.containerd.snapshotter.v1"]


def store_of(engine: "Engine") -> str:
    """`containerd`, or the name of the older store's driver: `overlay2`, `vfs`."""
    facts = engine.client.info()
    return "containerd" if SNAPSHOTTER in (facts.get("DriverStatus") or ()) else str(facts["Driver"])
