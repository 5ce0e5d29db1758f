"""Progress: show the current step and its duration until the report is ready.

All output goes to standard error, so that a pipe gets only the report. A terminal shows one line that ticks and
then disappears; other streams get a line when a step begins, one when it ends, and a sign of life
between them.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TextIO

from checks.reports.page import is_decorated
from checks.reports.step import Display, Step
from checks.sanitize import sanitize_line


class Silent:
    """A display that shows nothing."""

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Show nothing."""

    def end(self, step: Step, steps: tuple[Step, ...], outcome: str) -> None:
        """Show nothing."""

    def say(self, step: Step, text: str) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""


class Progress:
    """Steps, nested or in several threads at once, shown on one display."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._steps: tuple[Step, ...] = ()
        self._lock = RLock()  # a signal's handler may speak while a step is being shown

    @classmethod
    def on(cls, stream: TextIO | None = None) -> "Progress":
        """Return progress for this stream: a live line on a terminal, plain lines elsewhere."""
        stream = stream or sys.stderr
        if is_decorated(stream):
            from checks.reports.progress_live import LiveLine

            return cls(LiveLine(stream))
        from checks.reports.progress_lines import PlainLines

        return cls(PlainLines(stream))

    @classmethod
    def silent(cls) -> "Progress":
        """Return progress that is not shown."""
        return cls(Silent())

    @contextmanager
    def step(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show the step's text and duration; a block that raises is shown as stopped.

        The block gets a function for its progress: `say("3 of 30 done")`.
        """
        step = Step(sanitize_line(text))
        outcome = "stopped after "
        try:
            self._begin(step)
            yield partial(self._say, step)
            outcome = ""
        finally:
            self._end(step, f"{outcome}{step.seconds} s")

    def note(self, text: str) -> None:
        """Show a line permanently."""
        with self._lock:
            self._display.note(sanitize_line(text))

    def _begin(self, step: Step) -> None:
        with self._lock:
            self._steps = (*self._steps, step)
            self._display.begin(self._steps)

    def _say(self, step: Step, text: str) -> None:
        with self._lock:
            self._display.say(step, sanitize_line(text))

    def _end(self, step: Step, outcome: str) -> None:
        with self._lock:
            if step in self._steps:
                self._steps = tuple(other for other in self._steps if other is not step)
                self._display.end(step, self._steps, outcome)
