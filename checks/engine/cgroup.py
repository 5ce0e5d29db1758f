"""Control groups (v1 and v2) that limit the memory and processes of a build, which the engine does not limit.

See the kernel's documentation: cgroup-v1 (the `pids` and `memory` hierarchies) and cgroup-v2 (one hierarchy).
"""

import hashlib
import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from checks.engine.limits import MIB, BuildLimits, Hit

ROOT = Path("/sys/fs/cgroup")


class Cgroup(Protocol):
    """A control group with limits of memory and processes, for the containers of a build."""

    name: str

    def create(self, limits: BuildLimits) -> None:
        """Create it with these limits."""

    def hit(self) -> Hit | None:
        """The limit that was hit since it was created, or None."""

    def processes(self) -> Collection[int]:
        """The processes in it."""

    def remove(self) -> None:
        """Remove it; no process may be left in it."""


class CgroupV1:
    """One group in each of the two hierarchies.

    The kernel counts an OOM kill in the group of the killed process, which BuildKit removes after the step. So
    we register an eventfd listener on our own group (cgroup-v1/memory.rst, "OOM Control").
    """

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root = root
        self._pids, self._memory = root / "pids" / name, root / "memory" / name
        self._listener: int | None = None

    def create(self, limits: BuildLimits) -> None:
        """Create both directories, with the limits."""
        for directory in (self._pids, self._memory):
            directory.mkdir(exist_ok=True)
        (self._pids / "pids.max").write_text(str(limits.processes))
        (self._memory / "memory.use_hierarchy").write_text("1")
        (self._memory / "memory.limit_in_bytes").write_text(str(limits.memory_mib * MIB))
        self._listener = self._listen()

    def hit(self) -> Hit | None:
        """Return memory if the listener counted an event, processes if their peak is the limit, else None."""
        if self._listener is not None and _heard(self._listener):
            return "memory"
        return "processes" if _peaked(self._pids) else None

    def processes(self) -> Collection[int]:
        """The processes in it."""
        return _members(self._pids)

    def remove(self) -> None:
        """Remove both directories, and those of that name that the engine created in other hierarchies."""
        if self._listener is not None:
            os.close(self._listener)
            self._listener = None
        for directory in self._root.glob(f"*/{self.name}"):
            _remove_tree(directory)

    def _listen(self) -> int | None:
        """Return an eventfd that counts how often the group ran out of memory; None if the kernel refuses."""
        if sys.platform != "linux":
            return None
        with suppress(OSError), (self._memory / "memory.oom_control").open() as control:
            listener = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            try:
                words = f"{listener} {control.fileno()}"
                (self._memory / "cgroup.event_control").write_text(words)
            except OSError:
                os.close(listener)
                raise
            return listener
        return None


def _heard(listener: int) -> bool:
    """Whether the eventfd counted anything since it was last read."""
    if sys.platform != "linux":
        return False
    try:
        return os.eventfd_read(listener) > 0
    except BlockingIOError:
        return False


class CgroupV2:
    """One group; its `memory.events` counts the events of its descendants too."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root, self._directory = root, root / name
        self._before = (0, 0)

    def create(self, limits: BuildLimits) -> None:
        """Create the directory, with the limits."""
        (self._root / "cgroup.subtree_control").write_text("+pids +memory")
        self._directory.mkdir(exist_ok=True)
        (self._directory / "pids.max").write_text(str(limits.processes))
        (self._directory / "memory.max").write_text(str(limits.memory_mib * MIB))
        (self._directory / "memory.swap.max").write_text("0")
        self._before = self._ooms()

    def hit(self) -> Hit | None:
        """Return memory if its limit led to an OOM kill, processes if their peak is the limit, else None.

        A kill without `oom` is that of a machine that has no memory left.
        """
        if all(now > before for now, before in zip(self._ooms(), self._before, strict=True)):
            return "memory"
        return "processes" if _peaked(self._directory) else None

    def processes(self) -> Collection[int]:
        """The processes in it."""
        return _members(self._directory)

    def remove(self) -> None:
        """Remove the directory and those that the engine left below it."""
        _remove_tree(self._directory)

    def _ooms(self) -> tuple[int, int]:
        """Return how often it was at its limit with nothing left to reclaim, and how many the kernel killed."""
        events = self._directory / "memory.events"
        return _counter(events, "oom"), _counter(events, "oom_kill")


def cgroup_named(directory: Path, number: int) -> Cgroup:
    """Return the group of a build slot of the engine in `directory`, in the version that this kernel has."""
    identity = hashlib.sha256(bytes(directory)).hexdigest()[:10]
    name = f"graded-lab-{identity}-{number}"
    is_unified = (ROOT / "cgroup.controllers").is_file()
    return CgroupV2(ROOT, name) if is_unified else CgroupV1(ROOT, name)


def _counter(file: Path, key: str) -> int:
    """Return one counter of a flat keyed file; 0 if it is missing."""
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return next((int(pair[1]) for pair in pairs if pair[0] == key), 0)
    except OSError:
        return 0


def _peaked(directory: Path) -> bool:
    """Whether the number of processes ever reached the limit; always False before Linux 6.1 (no `pids.peak`).

    The kernel's count of refused forks does not help: it counts in the group of the refused process.
    """
    try:
        most, limit = ((directory / name).read_text().strip() for name in ("pids.peak", "pids.max"))
    except OSError:
        return False
    return limit.isdecimal() and int(most) >= int(limit)


def _members(directory: Path) -> frozenset[int]:
    """Return the processes in a control group and its descendants."""
    found: set[int] = set()
    for group, _, _ in os.walk(directory):
        with suppress(OSError):
            found.update(map(int, Path(group, "cgroup.procs").read_text().split()))
    return frozenset(found)


def _remove_tree(directory: Path) -> None:
    """Remove a tree of control groups, deepest first; skip those that are busy or gone."""
    for child, _, _ in os.walk(directory, topdown=False):
        with suppress(OSError):
            os.rmdir(child)  # noqa: PTH106 - os.walk, unlike glob, survives directories that vanish
