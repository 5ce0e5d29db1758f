"""Count the bytes that a build or a container has written to the disk, found through its mounts."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.engine.disk import BLOCK, DiskWatch, disk_watch, size_of, unlinked
from checks.engine.embedded.layout import layout
from checks.engine.embedded.mounts import unescape
from checks.engine.limits import ContainerLimits

if TYPE_CHECKING:
    from checks.engine.engine import Engine

# Directories with the files of layers, below the directory of dockerd (older store), and of containerd.
LAYERS: Final = "overlay2/*/diff"
SNAPSHOTS: Final = "io.containerd.snapshotter.v1.overlayfs/snapshots/*/fs"
# Files of containerd's content store, complete and coming in: the layers of its image store, as archives.
CONTENT: Final = (
    "io.containerd.content.v1.content/blobs/*/*",
    "io.containerd.content.v1.content/ingest/*/data",
)
# Fields of a mount: its root in its file system, and its mount point (proc_pid_mountinfo(5)).
ROOT, POINT = 3, 4
UPPER: Final = "upperdir="


@dataclass
class BuildWritten:
    """Bytes written by one build on the embedded engine: to layers, cache mounts and deleted files.

    The processes of a RUN are in the build's control group, and their mounts show where they write. COPY and ADD
    have no processes: if nobody else has been at work on the engine since this build began, every new layer counts
    as its own. At its end, containerd's image store gets an archive of each layer, and unpacks it beside the
    build's own files. From then on the archives count for the layers; a hole in a file counts with them, since an
    archive has none.
    """

    directory: Path  # of the engine
    processes: Callable[[], Collection[int]]
    alone_since: Callable[[], float | None]  # as `Slot.alone_since`
    _sizes: dict[Path, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._begun = time.time() if self.alone_since() is not None else 0.0  # where it never is alone
        self._earlier = frozenset(self._layers() | self._archives())

    def __call__(self) -> int:
        """Return the bytes written; a removed layer counts with its last size."""
        processes = self.processes()
        disk = layout(self.directory).disk
        places = {place for process in processes for place in places_of(process, disk)}
        archives = set[Path]()
        if self._is_alone() and not (archives := self._archives() - self._earlier):
            places |= self._layers() - self._earlier
        self._sizes.update({place: size_of(place) for place in places if place.is_dir()})
        return max(sum(self._sizes.values()) + unlinked(processes), sum(map(_blocks, archives)))

    def _is_alone(self) -> bool:
        """Whether nobody else has been at work since this build began, whose layers could be taken for its own."""
        since = self.alone_since()
        return since is not None and since < self._begun

    def _layers(self) -> set[Path]:
        place = layout(self.directory)
        return {*place.data.glob(LAYERS), *place.containerd_data.glob(SNAPSHOTS)}

    def _archives(self) -> set[Path]:
        place = layout(self.directory).containerd_data
        return {file for pattern in CONTENT for file in place.glob(pattern)}


def _blocks(file: Path) -> int:
    """Return the bytes of a file on the disk, 0 if it has vanished."""
    with suppress(OSError):
        return file.stat().st_blocks * BLOCK
    return 0


def places_of(process: int, disk: Path) -> Iterator[Path]:
    """Yield the directories that a process in a container writes to: its root's upper layer, mounted layers.

    The kernel gives the root of a mount as a path in its file system: the machine's, or the one at `disk`.
    """
    lines: Iterable[str] = ()
    with suppress(OSError):
        lines = Path(f"/proc/{process}/mountinfo").read_text("utf-8", "replace").splitlines()
    for line in lines:
        fields = line.split(" ")
        if fields[POINT] == "/":
            yield from (
                Path(unescape(word[len(UPPER) :])) for word in fields[-1].split(",") if word.startswith(UPPER)
            )
        elif "/overlay2/" in fields[ROOT] or "/snapshots/" in fields[ROOT]:
            inside = Path(unescape(fields[ROOT]))
            yield from (disk / inside.relative_to("/"), inside)


@contextmanager
def container_disk(engine: "Engine", container: Any, limits: ContainerLimits) -> Iterator[DiskWatch]:
    """Kill `container` (docker-py's) when it exceeds its limit of disk."""

    def measure() -> int:
        return _written_by(engine, [container])

    with disk_watch([_root_of(engine)], limits.disk_mib, measure, container.kill) as watch:
        yield watch


@contextmanager
def project_disk(engine: "Engine", label: str, folder: Path, limits: ContainerLimits) -> Iterator[DiskWatch]:
    """Kill all containers with this label when together they exceed the limit of disk of one container.

    `folder` holds the files that they mount from this machine; its parent exists already.
    """

    def containers() -> Sequence[Any]:
        return engine.client.containers.list(all=True, filters={"label": label})

    def measure() -> int:
        return size_of(folder) + _written_by(engine, containers())

    def stop() -> None:
        for container in containers():
            with suppress(Exception):  # it has ended
                container.kill()

    with disk_watch([_root_of(engine), folder.parent], limits.disk_mib, measure, stop) as watch:
        yield watch


def _root_of(engine: "Engine") -> Path:
    """Return the directory that containers write to, a path on the engine's machine, which may be a virtual one."""
    return Path(str(engine.client.info().get("DockerRootDir") or "/nowhere"))


def _written_by(engine: "Engine", containers: Sequence[Any]) -> int:
    """Return the bytes in their layers and volumes, as the engine counts them, and in deleted files."""
    api, wanted = engine.client.api, {"id": [container.id for container in containers]}
    found = api.containers(all=True, size=True, filters=wanted) if containers else []
    volumes = {mount["Name"] for facts in found for mount in _volumes_of(facts)}
    used = api.df().get("Volumes") or () if volumes else ()
    in_volumes = sum(max(0, int(each["UsageData"]["Size"])) for each in used if each["Name"] in volumes)
    in_layers = sum(int(facts.get("SizeRw") or 0) for facts in found)
    return in_layers + in_volumes + sum(unlinked(_processes(container)) for container in containers)


def _volumes_of(facts: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [mount for mount in facts.get("Mounts") or () if mount.get("Type") == "volume"]


def _processes(container: Any) -> Collection[int]:
    """Return its processes on this machine; () if the engine runs in a virtual machine."""
    with suppress(Exception):  # it has ended
        found = container.top(ps_args="-o pid")
        return [pid for row in found["Processes"] if container.id in _groups(pid := int(row[0]))]
    return ()


def _groups(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cgroup").read_text()
    return ""
