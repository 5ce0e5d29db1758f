"""Time limits that are fair on a busy machine (`Patience`), and retries of calls that may succeed later (`again`).

A time limit counts seconds of an idle machine. So we subtract the time in which processes waited for a processor,
the disk or memory, as the kernel reports it (Documentation/accounting/psi.rst), or else divide by the load. The
student's own program may cause that wait, so no wait takes longer than a few times its limit.
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
POLL_SECONDS = 1.0  # the shortest wait that shows how slow the machine is
NOTABLE = 1.5  # the slowness from which messages mention it
_PRESSURE = tuple(Path("/proc/pressure", resource) for resource in ("cpu", "io", "memory"))
_SOME = re.compile(r"^some .*\btotal=(\d+)", re.MULTILINE)


class Patience:
    """A time limit that starts now, in seconds of an idle machine."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begin()

    def begin(self) -> None:
        """Begin to count, also anew: what was waited for has not been there before."""
        self._begun, self._stalled = time.monotonic(), _stalled()

    @property
    def wall(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    @property
    def spent(self) -> float:
        """Seconds since it began, minus those that processes waited for the busy machine."""
        wall, stalled = self.wall, _stalled()
        if stalled is None or self._stalled is None:
            return wall / _crowding()
        return max(wall - (stalled - self._stalled), wall / MOST)

    @property
    def left(self) -> float:
        """The seconds left; negative when the limit is over."""
        return self.seconds - self.spent

    @property
    def is_over(self) -> bool:
        """Whether the limit is over."""
        return self.left < 0

    @property
    def slowness(self) -> float:
        """How many times slower the machine was than an idle one: from 1 to `MOST`."""
        return min(MOST, self.wall / max(self.spent, 0.001)) if self.wall > POLL_SECONDS else 1.0

    def remark(self) -> str:
        """Return the text that tells, on a slow machine, how long the wait really was; "" on others."""
        return f", and {self.wall:.0f} s on this busy machine" if self.slowness > NOTABLE else ""


def _stalled() -> float | None:
    """Return the seconds since boot in which some process waited; None on a kernel without PSI."""
    try:
        found = [_SOME.search(path.read_text()) for path in _PRESSURE]
    except OSError:
        return None
    return sum(int(match[1]) for match in found if match) / 1e6


def _crowding() -> float:
    """Return the number of runnable processes for each processor, from 1 to `MOST`."""
    return min(MOST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


ATTEMPTS = 3
PAUSE_SECONDS = 1.0

P = ParamSpec("P")
R = TypeVar("R")


def again(*troubles: type[Exception], attempts: int = ATTEMPTS) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function to retry when it raises one of `troubles`; the last attempt's exception propagates.

    A port or an address that was taken a moment ago may be free now.
    """

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
