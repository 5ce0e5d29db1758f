"""Who builds where: builds at the same time on one engine have a slot each, and a run keeps its own.

BuildKit takes the name of a build's control group into the key of its cache. So a build finds what an earlier
one left only if it runs in the same group; and whether a second build reuses what the first one made can only
be told when nobody has taken the place of the first one in between.

So a slot knows, too, what was built there: whoever builds the same again had best build there. Somebody with
something new goes where a slot has just become free: with two gradings at work at the same time, that is their own.
"""

import fcntl
import os
import time
from collections.abc import Sequence
from pathlib import Path

SLOTS = 16  # runs that build at the same time on one engine
TOPICS = 100  # that a slot remembers


class Slot:
    """One slot of an engine, held until it is released, or forgotten, or its process has ended."""

    def __init__(self, directory: Path, topic: str = "") -> None:
        """Take a free one, rather one where `topic` was built; if there is none, wait for one."""
        *_, last = wanted = _wanted(directory, topic)
        for number in wanted:
            self.number = number
            self._lock: int | None = os.open(lock_of(directory, number), os.O_WRONLY | os.O_CREAT, 0o600)
            wait = 0 if number == last else fcntl.LOCK_NB
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | wait)
            except BlockingIOError:  # somebody else's
                os.close(self._lock)
                self._lock = None
            else:
                if topic:
                    self._remember(topic, _topics(lock_of(directory, number)))
                return

    def _remember(self, topic: str, earlier: Sequence[str]) -> None:
        """What is built there now, and what was before."""
        assert self._lock is not None
        known = [topic, *(other for other in earlier if other != topic)]
        os.truncate(self._lock, 0)
        os.write(self._lock, "".join(f"{line}\n" for line in known[:TOPICS]).encode())

    def release(self) -> None:
        """Let somebody else have it."""
        lock, self._lock = self._lock, None
        if lock is not None:
            now = time.time_ns()  # what the kernel would write is coarser than two builds may be apart
            os.utime(lock, ns=(now, now))
            os.close(lock)

    def __del__(self) -> None:
        self.release()


def is_alone(directory: Path, number: int) -> bool:
    """Whether nobody builds on that engine but who is in the slot of this number, and no base image is made."""
    others = [lock_of(directory, other) for other in range(SLOTS) if other != number]
    return not any(map(_is_held, [*others, directory / "bases.lock"]))


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _wanted(directory: Path, topic: str) -> list[int]:
    """All slots: those first where the topic was built, the later the better, then those that were left last."""

    def how_far(number: int) -> tuple[int, int]:
        lock = lock_of(directory, number)
        topics = _topics(lock)
        left = lock.stat().st_mtime_ns if lock.exists() else 0
        return topics.index(topic) if topic in topics else TOPICS, -left

    return sorted(range(SLOTS), key=how_far)


def _topics(lock: Path) -> list[str]:
    """What was built there, the last first."""
    return lock.read_text("utf-8").splitlines() if lock.exists() else []


def lock_of(directory: Path, number: int) -> Path:
    """The file that whoever is in a slot holds; in it is what was built there, the last first."""
    return directory / f"build-{number}.lock"
