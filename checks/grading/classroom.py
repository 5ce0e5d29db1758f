"""Grade a class in processes that have one submission at a time, so that a crash in one cannot affect another.

A submission whose process dies or hangs still gets a report, which blames the grader.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.workspace import Opened
from checks.grading.child import Child, Task, crew
from checks.grading.engines import Choice
from checks.grading.entries import Entry
from checks.grading.scratch import room
from checks.interruption import uninterrupted
from checks.lab import Lab
from checks.outcomes import Report

MAX_JOBS = 16  # the number of build slots of an engine
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Class:
    """The submissions of a class, and how to grade them; `jobs` of them at once."""

    entries: Sequence[Entry]
    labs: Sequence[Lab]
    choice: Choice
    jobs: int
    opened: Opened = open_submission

    def reports(self) -> Generator[Report, None, None]:
        """Yield one report per submission, in order of completion; closing the generator stops running children."""
        with room() as place, crew() as workers:
            tasks = self._tasks(place)
            children: list[Child] = []
            try:
                while tasks or children:
                    while tasks and len(children) < self.jobs:
                        with uninterrupted():  # a request to the fork server must be completed
                            children.append(Child.begin(tasks.pop(0), workers))
                    for child in _done(children):
                        children.remove(child)
                        yield child.report()
            finally:
                for child in children:
                    child.worker.process.terminate()
                for child in children:
                    child.stop()

    def _tasks(self, place: Path) -> list[Task]:
        labs = tuple(self.labs)
        return [
            Task(_readable(entry, place), entry.name, labs, self.choice, place / str(number), self.opened)
            for number, entry in enumerate(self.entries)
        ]


def _readable(entry: Entry, place: Path) -> Path:
    """Return the path that a child opens: where a name is masked, a link, since messages show the path's name."""
    path = entry.path.resolve()
    if not entry.masked:
        return path
    link = place / "masked" / entry.name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(path)
    return link


def _done(children: Sequence[Child]) -> list[Child]:
    """Wait for at most `POLL_SECONDS`, then return the children that have ended or are late."""
    wait([sign for child in children for sign in child.worker.signs], POLL_SECONDS)
    return [child for child in children if child.is_over]
