"""Control groups around builds, which have no limits of their own: memory and processes, v1 and v2."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from checks.engine.cgroup_v1 import CgroupV1
from checks.engine.cgroup_v2 import CgroupV2
from checks.engine.engine import Engine
from checks.engine.limits import BuildLimits, Hit

ROOT = Path("/sys/fs/cgroup")
SLOTS = 16  # builds at the same time on one engine


class Cgroup(Protocol):
    """A control group that builds run in, with memory and processes bounded."""

    name: str

    def create(self, limits: BuildLimits) -> None:
        """Make it, bounded."""

    def hit(self) -> Hit | None:
        """Name the limit that was hit since it was made, if one was."""

    def remove(self) -> None:
        """Take it away; nothing may run in it any more."""


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
        cgroup = _of_slot(engine.directory, number)
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
        lock = engine.directory / f"build-{number}.lock"
        if not lock.exists():
            continue
        with lock.open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _of_slot(engine.directory, number).remove()


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


def _of_slot(directory: Path, number: int) -> Cgroup:
    """The group of that number, of the kind that the kernel offers here."""
    identity = hashlib.sha256(bytes(directory)).hexdigest()[:10]
    name = f"graded-lab-{identity}-{number}"
    is_unified = (ROOT / "cgroup.controllers").is_file()
    return CgroupV2(ROOT, name) if is_unified else CgroupV1(ROOT, name)
