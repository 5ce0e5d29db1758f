"""Build slots. Each concurrent run on an engine holds one, so that its builds share a cgroup and hit the cache.

BuildKit makes the name of a build's control group part of its cache key, so a build finds an earlier one's cache
only in the same group. A run keeps its slot from its first build to its last. If another run built in that slot in
between, we could not tell whether a second build reuses the first one's layers.

A topic is a word or a few: the labs that are graded, and those that they are compared with. A slot remembers its
topics. A run prefers a slot that has built its topic, then one with a word of it, then one that nobody has used: a
grading of another lab that is between two builds gets its own slot back, and so its cache.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from checks.engine.cgroup import Cgroup, cgroup_named
from checks.engine.engine import Engine
from checks.engine.limits import BuildLimits

SLOTS = 16  # runs that build at the same time on one engine
TOPICS = 100  # topics that a slot remembers


class Slot:
    """One slot of an engine, held until it is released or collected, or its process ends."""

    def __init__(self, directory: Path, topic: str = "") -> None:
        """Take a free slot: that of `topic`, or without one the last one released; wait if all are held."""
        self.directory = directory
        *_, last = wanted = _by_preference(directory, topic)
        for number in wanted:
            self.number = number
            self._lock: int | None = os.open(lock_of(directory, number), os.O_WRONLY | os.O_CREAT, 0o600)
            wait = 0 if number == last else fcntl.LOCK_NB
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | wait)
            except BlockingIOError:  # another run holds it
                os.close(self._lock)
                self._lock = None
            else:
                if topic:
                    self._remember(topic, _topics(lock_of(directory, number)))
                return

    def _remember(self, topic: str, earlier: Sequence[str]) -> None:
        """Write the topic to the lock file, before the earlier ones."""
        assert self._lock is not None
        known = [topic, *(other for other in earlier if other != topic)]
        os.truncate(self._lock, 0)
        os.write(self._lock, "".join(f"{line}\n" for line in known[:TOPICS]).encode())

    def release(self) -> None:
        """Give the slot back."""
        lock, self._lock = self._lock, None
        if lock is not None:
            now = time.time_ns()  # the kernel's own time stamp is coarser than the gap between two builds
            os.utime(lock, ns=(now, now))
            os.close(lock)

    def alone_since(self) -> float | None:
        """When the last other work on this engine ended, in seconds since the epoch; None while there is some.

        Others hold a slot, or the lock of stand-ins, whose time is that of its last begin.
        """
        others = [lock_of(self.directory, other) for other in range(SLOTS) if other != self.number]
        locks = [lock for lock in (*others, self.directory / "bases.lock") if lock.exists()]
        if any(map(_is_held, locks)):
            return None
        return max((lock.stat().st_mtime for lock in locks), default=0.0)

    def __del__(self) -> None:
        self.release()


@contextmanager
def build_cgroup(
    engine: Engine, limits: BuildLimits, slot: Slot | None = None, topic: str = ""
) -> Iterator[Cgroup | None]:
    """Create the control group of one build, in `slot` or in one of `topic` for this build; on exit, remove it.

    Yields None on the host's engine, where the grader may not create control groups.
    """
    if engine.directory is None:
        yield None
        return
    held = slot or Slot(engine.directory, topic)
    cgroup = cgroup_named(engine.directory, held.number)
    try:
        cgroup.remove()  # with its counters, if a killed run left it
        cgroup.create(limits)
        yield cgroup
    finally:
        cgroup.remove()
        if slot is None:
            held.release()


def sweep_cgroups(engine: Engine) -> None:
    """Remove the control groups of killed builds on this engine: those whose slot is free."""
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
            cgroup_named(engine.directory, number).remove()


def lock_of(directory: Path, number: int) -> Path:
    """The lock file of a slot, which lists the topics built in it, newest first."""
    return directory / f"build-{number}.lock"


def _is_held(lock: Path) -> bool:
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _by_preference(directory: Path, topic: str) -> list[int]:
    """Return all slots, best first: by topic, then by word, then the unused, then those released longest ago."""

    def rank(number: int) -> tuple[int, int]:
        lock = lock_of(directory, number)
        topics, released = _topics(lock), lock.stat().st_mtime_ns if lock.exists() else 0
        if topic in topics:
            return 0, topics.index(topic)
        is_related = not topic or not set(topic.split()).isdisjoint(" ".join(topics).split())
        return (1, -released) if is_related else (2, released)

    return sorted(range(SLOTS), key=rank)


def _topics(lock: Path) -> list[str]:
    """Return the topics built in a slot, newest first."""
    return lock.read_text("utf-8").splitlines() if lock.exists() else []
