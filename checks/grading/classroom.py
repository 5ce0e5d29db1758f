"""Grade a class in processes that have one submission at a time, so that a crash in one cannot affect another.

A submission whose process dies or hangs still gets a report, which blames the grader.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from checks.evidence.submission.submission import safe_name
from checks.grading.child import Child, Task, crew
from checks.grading.engines import Choice
from checks.grading.scratch import room
from checks.interruption import uninterrupted
from checks.lab import Lab
from checks.outcomes import Report

MAX_JOBS = 16  # the number of build slots of an engine
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Class:
    """The submissions of a class, and how to grade them; `jobs` of them at once."""

    paths: Sequence[Path]
    labs: Sequence[Lab]
    choice: Choice
    jobs: int

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
        names = distinct([safe_name(path) for path in self.paths])
        return [
            Task(path.resolve(), name, tuple(self.labs), self.choice, place / str(number))
            for number, (path, name) in enumerate(zip(self.paths, names, strict=True))
        ]


def _done(children: Sequence[Child]) -> list[Child]:
    """Wait for at most `POLL_SECONDS`, then return the children that have ended or are late."""
    wait([sign for child in children for sign in child.worker.signs], POLL_SECONDS)
    return [child for child in children if child.is_over]


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names with duplicates numbered: `ada`, `Ada-2`.

    A Mac's file system ignores case: the reports of `ada` and `Ada` would be one file.
    """
    given = {name.casefold() for name in names}
    seen: Counter[str] = Counter()
    taken: dict[str, str] = {}
    for name in names:
        candidate = name
        while candidate.casefold() in taken or (candidate != name and candidate.casefold() in given):
            seen[name.casefold()] += 1
            candidate = f"{name}-{seen[name.casefold()] + 1}"
        taken[candidate.casefold()] = candidate
    return list(taken.values())
