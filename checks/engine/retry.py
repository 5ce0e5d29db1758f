"""Waiting for what a student made, on a machine that has other things to do as well.

A limit of time is meant for a machine that has the time. What others keep the processors, the disk or the memory
from doing is not counted, as far as the kernel tells how long somebody had to wait for them (Documentation/
accounting/psi.rst), or how many wanted a processor at once. That may be the student's own doing, too: so no wait is
longer than a few times its limit.

Ask an engine again: a port or an address that was taken a moment ago may be free now.
"""

import functools
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

MOST = 8.0  # times its limit that a wait may take
POLL_SECONDS = 1.0  # after which a long wait looks again how the machine is
NOTABLE = 1.5  # times slower than usual, which is worth to be told
_PRESSURE = tuple(Path("/proc/pressure", resource) for resource in ("cpu", "io", "memory"))
_SOME = re.compile(r"^some .*\btotal=(\d+)", re.MULTILINE)


class Patience:
    """The seconds that something may take, from now on, on a machine with nothing else to do."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._begun, self._stalled = time.monotonic(), _stalled()

    @property
    def wall(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    @property
    def spent(self) -> float:
        """Those of them in which the machine was there for it."""
        wall, stalled = self.wall, _stalled()
        if stalled is None or self._stalled is None:
            return wall / _crowding()
        return max(wall - (stalled - self._stalled), wall / MOST)

    @property
    def left(self) -> float:
        """What is left of them, at least; negative when they are over."""
        return self.seconds - self.spent

    @property
    def is_over(self) -> bool:
        """Whether they are."""
        return self.left < 0

    @property
    def slowness(self) -> float:
        """How many times slower the machine was than one with nothing else to do: at least 1, at most `MOST`."""
        return min(MOST, self.wall / max(self.spent, 0.001)) if self.wall > POLL_SECONDS else 1.0

    def remark(self) -> str:
        """What a message adds to a limit where the machine was slow: how long the wait was."""
        return f", and {self.wall:.0f} s on this busy machine" if self.slowness > NOTABLE else ""


def _stalled() -> float | None:
    """Seconds since its start in which somebody had to wait for the machine; None where nothing tells."""
    try:
        found = [_SOME.search(path.read_text()) for path in _PRESSURE]
    except OSError:
        return None
    return sum(int(match[1]) for match in found if match) / 1e6


def _crowding() -> float:
    """How many processes there are for each processor that could run."""
    return min(MOST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


ATTEMPTS = 3
PAUSE_SECONDS = 1.0

P = ParamSpec("P")
R = TypeVar("R")


def again(*troubles: type[Exception], attempts: int = ATTEMPTS) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a function called again where one of `troubles` comes of it; the last one is raised."""

    def persistent(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def persisted(*args: P.args, **kwargs: P.kwargs) -> R:
            for _ in range(attempts - 1):
                with suppress(*troubles):
                    return function(*args, **kwargs)
                time.sleep(PAUSE_SECONDS)
            return function(*args, **kwargs)

        return persisted

    return persistent
