"""Control groups of v2: one directory of the unified hierarchy (kernel documentation, cgroup-v2)."""

from collections.abc import Collection
from pathlib import Path

from checks.engine.cgroup_files import counter, members, peaked, remove_tree
from checks.engine.limits import MIB, BuildLimits, Hit


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
