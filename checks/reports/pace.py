"""The pace of a class: how many submissions are done, and how long the rest takes."""

import time


class Pace:
    """How far a class has come, and how long the rest takes at the pace of those that were graded now."""

    def __init__(self, count: int, kept: int) -> None:
        self._count, self._kept = count, kept
        self._began = time.monotonic()

    def after(self, done: int) -> str:
        """Return the sentence for the person who waits."""
        fresh = done - self._kept
        unchanged = f" ({self._kept} unchanged)" if self._kept else ""
        said = f"{done} of {self._count} done{unchanged}"
        if fresh <= 0:
            return said
        return f"{said}, about {(self._count - done) * (time.monotonic() - self._began) / fresh:.0f} s left"
