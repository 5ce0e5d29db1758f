"""Gradings for the watch, one at work at a time, each in a process of its own, so that a newer one can end it.

The process that is ended cleans up by itself meanwhile: the next grading does not wait for that.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checks.evidence.submission.submission import safe_name
from checks.grading.child import Child, Task, crew
from checks.grading.engines import Choice
from checks.grading.scratch import remove_tree, room
from checks.grading.worker import Crew
from checks.interruption import uninterrupted
from checks.lab import Lab
from checks.outcomes import Report


class Attempts:
    """The gradings of one lab of one submission, each with a folder of its own below `place`."""

    def __init__(self, submission: Path, lab: Lab, place: Path, crew: Crew) -> None:
        self._submission, self._lab, self._place = submission.resolve(), lab, place
        self._name, self._crew = safe_name(submission), crew
        self._numbers = itertools.count()
        self._current: Child | None = None
        self._ending: list[Child] = []
        self.began = 0.0

    def begin(self, choice: Choice) -> None:
        """Start a grading, and end the one that is at work."""
        self.end()
        place = self._place / str(next(self._numbers))
        task = Task(self._submission, self._name, (self._lab,), choice, place)
        with uninterrupted():  # a request to the fork server must be completed
            self._current, self.began = Child.begin(task, self._crew), time.monotonic()

    @property
    def choice(self) -> Choice | None:
        """The engine of the grading that is at work; None if there is none."""
        return self._current.task.choice if self._current else None

    @property
    def signs(self) -> Sequence[Any]:
        """What becomes readable when the grading that is at work ends."""
        return self._current.worker.signs if self._current else ()

    def report(self) -> Report | None:
        """Return the report of the grading that was at work, once it has ended."""
        child = self._current
        if child is None or not child.is_over:
            return None
        self._current = None
        report = child.report()
        remove_tree(child.task.place)
        return report

    def end(self) -> None:
        """Tell the grading that is at work to end, and do not wait for it."""
        self._ending = [child for child in self._ending if child.worker.process.is_alive()]
        if self._current:
            self._current.worker.process.terminate()
            self._current.worker.pipe.close()  # lest it wait for another task
            self._ending.append(self._current)
            self._current = None

    def close(self) -> None:
        """End all, and wait until what they made is gone."""
        self.end()
        for child in self._ending:
            child.stop()


@contextmanager
def attempts(submission: Path, lab: Lab) -> Iterator[Attempts]:
    """Yield gradings that end with this block."""
    with room() as place, crew() as workers:
        made = Attempts(submission, lab, place, workers)
        try:
            yield made
        finally:
            made.close()
