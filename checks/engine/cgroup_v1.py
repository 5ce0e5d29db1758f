"""Control groups of v1: the `pids` and `memory` hierarchies (kernel documentation, cgroup-v1)."""

import os
import sys
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from checks.engine.cgroup_files import members, peaked, remove_tree
from checks.engine.limits import MIB, BuildLimits, Hit


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
