"""Control groups around builds, which have no limits of their own: memory and processes, v1 and v2."""

import fcntl
import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from checks.engine.cgroup_files import CgroupV1, CgroupV2
from checks.engine.engine import Engine
from checks.engine.limits import BuildLimits, Hit
from checks.engine.ownership import Run
from checks.engine.slots import SLOTS, Slot, lock_of

ROOT = Path("/sys/fs/cgroup")


class Cgroup(Protocol):
    """A control group that builds run in, with memory and processes bounded."""

    name: str

    def create(self, limits: BuildLimits) -> None:
        """Make it, bounded."""

    def hit(self) -> Hit | None:
        """Name the limit that was hit since it was made, if one was."""

    def processes(self) -> Collection[int]:
        """Those at work in it."""

    def remove(self) -> None:
        """Take it away; nothing may run in it any more."""


@contextmanager
def build_cgroup(engine: Engine, limits: BuildLimits) -> Iterator[Cgroup | None]:
    """A control group for one build; None on a host's engine, where it is not ours to make one.

    Builds at the same time have one of `SLOTS` each; this one has it for this build alone.
    """
    if engine.directory is None:
        yield None
        return
    slot = Slot(engine.directory)
    try:
        with _bounded(engine.directory, slot, limits) as cgroup:
            yield cgroup
    finally:
        slot.release()


@contextmanager
def run_cgroup(engine: Engine, run: Run, limits: BuildLimits) -> Iterator[Cgroup | None]:
    """The same, for a build whose run may build again: always in the slot that the run has for its life."""
    if engine.directory is None:
        yield None
        return
    with _bounded(engine.directory, run.slot(engine.directory), limits) as cgroup:
        yield cgroup


@contextmanager
def _bounded(directory: Path, slot: Slot, limits: BuildLimits) -> Iterator[Cgroup]:
    cgroup = _of_slot(directory, slot.number)
    cgroup.remove()  # what a killed run left, its counters too
    cgroup.create(limits)
    try:
        yield cgroup
    finally:
        cgroup.remove()


def sweep_cgroups(engine: Engine) -> None:
    """Remove what killed builds left on this engine; a slot that somebody builds in is left alone."""
    if engine.directory is None:
        return
    for number in range(SLOTS):
        lock = lock_of(engine.directory, number)
        if not lock.exists():
            continue
        with lock.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _of_slot(engine.directory, number).remove()


def _of_slot(directory: Path, number: int) -> Cgroup:
    """The group of that number, of the kind that the kernel offers here."""
    identity = hashlib.sha256(bytes(directory)).hexdigest()[:10]
    name = f"graded-lab-{identity}-{number}"
    is_unified = (ROOT / "cgroup.controllers").is_file()
    return CgroupV2(ROOT, name) if is_unified else CgroupV1(ROOT, name)
