"""Control groups around builds, which have no limits of their own: memory and processes, v1 and v2."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from checks.engine.engine import Engine
from checks.engine.limits import MIB, BuildLimits

ROOT = Path("/sys/fs/cgroup")
SLOTS = 16  # builds at the same time on one engine


class Cgroup(Protocol):
    """A control group that builds run in, with memory and processes bounded."""

    name: str

    def create(self, limits: BuildLimits) -> None:
        """Make it, bounded."""

    def hit(self) -> str | None:
        """Name the limit that was hit, if one was."""

    def remove(self) -> None:
        """Take it away; nothing may run in it any more."""


class CgroupV1:
    """The `pids` and `memory` hierarchies of v1 (kernel documentation, cgroup-v1/{pids,memory}.rst)."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._pids, self._memory = root / "pids" / name, root / "memory" / name

    def create(self, limits: BuildLimits) -> None:
        """Make both directories, bounded."""
        for directory in (self._pids, self._memory):
            directory.mkdir(exist_ok=True)
        (self._pids / "pids.max").write_text(str(limits.processes))
        (self._memory / "memory.use_hierarchy").write_text("1")
        (self._memory / "memory.limit_in_bytes").write_text(str(limits.memory_mib * MIB))

    def hit(self) -> str | None:
        """Memory by the kernel's count of kills, processes by its count of refused forks."""
        if _counter(self._memory / "memory.oom_control", "oom_kill"):
            return "memory"
        return "processes" if _counter(self._pids / "pids.events", "max") else None

    def remove(self) -> None:
        """Remove both directories and what the engine left below them."""
        _remove(self._pids)
        _remove(self._memory)


class CgroupV2:
    """One directory of the unified hierarchy (kernel documentation, admin-guide/cgroup-v2.rst)."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root, self._directory = root, root / name

    def create(self, limits: BuildLimits) -> None:
        """Make the directory, bounded."""
        (self._root / "cgroup.subtree_control").write_text("+pids +memory")
        self._directory.mkdir(exist_ok=True)
        (self._directory / "pids.max").write_text(str(limits.processes))
        (self._directory / "memory.max").write_text(str(limits.memory_mib * MIB))
        (self._directory / "memory.swap.max").write_text("0")

    def hit(self) -> str | None:
        """By the kernel's own counters."""
        if _counter(self._directory / "memory.events", "oom_kill"):
            return "memory"
        return "processes" if _counter(self._directory / "pids.events", "max") else None

    def remove(self) -> None:
        """Remove the directory and what the engine left below it."""
        _remove(self._directory)


@contextmanager
def build_cgroup(engine: Engine, limits: BuildLimits) -> Iterator[Cgroup | None]:
    """A control group for one build; None on a host's engine, where it is not ours to make one.

    BuildKit takes the name of the group into the key of its cache, so a build that is to find what the last
    one left must have the same name: builds at the same time take the first free one of `SLOTS`.
    """
    if engine.directory is None:
        yield None
        return
    with _slot(engine.directory) as number:
        identity = hashlib.sha256(bytes(engine.directory)).hexdigest()[:10]
        cgroup = _of_this_machine(f"graded-lab-{identity}-{number}")
        cgroup.remove()  # what a killed run left, its counters too
        cgroup.create(limits)
        try:
            yield cgroup
        finally:
            cgroup.remove()


@contextmanager
def _slot(directory: Path) -> Iterator[int]:
    """The first free number below `SLOTS`; the last one is waited for."""
    for number in range(SLOTS):
        with (directory / f"build-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if number == SLOTS - 1 else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return


def _of_this_machine(name: str) -> Cgroup:
    """The kind of control group that the kernel offers here."""
    is_unified = (ROOT / "cgroup.controllers").is_file()
    return CgroupV2(ROOT, name) if is_unified else CgroupV1(ROOT, name)


def _counter(file: Path, key: str) -> int:
    """One counter of a flat keyed file, 0 where there is none."""
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return next((int(pair[1]) for pair in pairs if pair[0] == key), 0)
    except OSError:
        return 0


def _remove(directory: Path) -> None:
    """Remove a tree of control groups, deepest first; one that is busy or gone is left to the kernel."""
    for child in sorted(directory.glob("**/"), key=lambda path: -len(path.parts)):
        try:
            child.rmdir()
        except OSError:
            continue
