"""What the kernel tells in the files of a control group.

Control groups of v1: the `pids` and `memory` hierarchies (kernel documentation, cgroup-v1).

Control groups of v2: one directory of the unified hierarchy (kernel documentation, cgroup-v2).
"""

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from checks.engine.limits import MIB, BuildLimits, Hit


def counter(file: Path, key: str) -> int:
    """One counter of a flat keyed file, 0 where there is none."""
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return next((int(pair[1]) for pair in pairs if pair[0] == key), 0)
    except OSError:
        return 0


def peaked(directory: Path) -> bool:
    """Whether there were ever as many processes as may be; Linux before 6.1 does not tell, and says no.

    Its count of refused forks is no help: it is kept in the group of the process that was refused.
    """
    try:
        most, limit = ((directory / name).read_text().strip() for name in ("pids.peak", "pids.max"))
    except OSError:
        return False
    return limit.isdecimal() and int(most) >= int(limit)


def members(directory: Path) -> frozenset[int]:
    """The processes in a control group and in those below it."""
    found: set[int] = set()
    for group, _, _ in os.walk(directory):
        with suppress(OSError):
            found.update(map(int, Path(group, "cgroup.procs").read_text().split()))
    return frozenset(found)


def remove_tree(directory: Path) -> None:
    """Remove a tree of control groups, deepest first; one that is busy or gone is left to the kernel."""
    for child, _, _ in os.walk(directory, topdown=False):
        with suppress(OSError):
            os.rmdir(child)  # noqa: PTH106 - os.walk, unlike glob, bears that what it walks through goes away


class CgroupV1:
    """One group in each of the two hierarchies.

    The kernel counts a kill in the group of the process that was killed, which BuildKit removes with the
    step; so a listener on our own group is told (cgroup-v1/memory.rst, "OOM Control").
    """

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root = root
        self._pids, self._memory = root / "pids" / name, root / "memory" / name
        self._listener: int | None = None

    def create(self, limits: BuildLimits) -> None:
        """Make both directories, bounded."""
        for directory in (self._pids, self._memory):
            directory.mkdir(exist_ok=True)
        (self._pids / "pids.max").write_text(str(limits.processes))
        (self._memory / "memory.use_hierarchy").write_text("1")
        (self._memory / "memory.limit_in_bytes").write_text(str(limits.memory_mib * MIB))
        self._listener = self._listen()

    def hit(self) -> Hit | None:
        """Memory where the listener heard of it, processes where the most that there were is the limit."""
        if self._listener is not None and _heard(self._listener):
            return "memory"
        return "processes" if peaked(self._pids) else None

    def processes(self) -> Collection[int]:
        """Those at work in it."""
        return members(self._pids)

    def remove(self) -> None:
        """Remove both directories, and what the engine made of that name in the other hierarchies."""
        if self._listener is not None:
            os.close(self._listener)
            self._listener = None
        for directory in self._root.glob(f"*/{self.name}"):
            remove_tree(directory)

    def _listen(self) -> int | None:
        """An eventfd that counts how often the group ran out of memory; None where the kernel has none."""
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
    """Whether it counted anything since it was asked last."""
    if sys.platform != "linux":
        return False
    try:
        return os.eventfd_read(listener) > 0
    except BlockingIOError:
        return False


class CgroupV2:
    """One group; what happens in the groups below it counts in its own `memory.events`."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root, self._directory = root, root / name
        self._kills = 0

    def create(self, limits: BuildLimits) -> None:
        """Make the directory, bounded."""
        (self._root / "cgroup.subtree_control").write_text("+pids +memory")
        self._directory.mkdir(exist_ok=True)
        (self._directory / "pids.max").write_text(str(limits.processes))
        (self._directory / "memory.max").write_text(str(limits.memory_mib * MIB))
        (self._directory / "memory.swap.max").write_text("0")
        self._kills = self._killed()

    def hit(self) -> Hit | None:
        """Memory by the kernel's count of kills, processes where the most that there were is the limit."""
        if self._killed() > self._kills:
            return "memory"
        return "processes" if peaked(self._directory) else None

    def processes(self) -> Collection[int]:
        """Those at work in it."""
        return members(self._directory)

    def remove(self) -> None:
        """Remove the directory and what the engine left below it."""
        remove_tree(self._directory)

    def _killed(self) -> int:
        return counter(self._directory / "memory.events", "oom_kill")
