"""The pace of a class: how many submissions are done, and how long the rest takes."""

import time
from collections.abc import Callable


class Pace:
    """How far a class has come, and how long the rest takes at the pace of those that were graded now."""

    def __init__(self, count: int, kept: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._count, self._kept, self._clock = count, kept, clock
        self._began = clock()

    def after(self, done: int) -> str:
        """Return the sentence for the person who waits."""
        fresh = done - self._kept
        unchanged = f" ({self._kept} unchanged)" if self._kept else ""
        said = f"{done} of {self._count} done{unchanged}"
        if fresh <= 0:
            return said
        return f"{said}, about {(self._count - done) * (self._clock() - self._began) / fresh:.0f} s left"
