"""Grade one submission of a class in a child process, so that a crash loses only that submission's report."""

import atexit
import functools
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.workspace import Opened
from checks.grading.endings import ending_of, lost
from checks.grading.engines import Choice
from checks.grading.scratch import PREFIX, room
from checks.grading.worker import Crew, Worker
from checks.lab import Lab
from checks.outcomes import Report
from checks.reports import json_v1
from checks.sanitize import fenced

SECONDS = 3600.0  # one submission, all labs; a build has its own, smaller limits
MAX_SOCKET_PATH = 103
GRACE_SECONDS = 20.0  # for a child to clean up after SIGTERM

_METHOD = multiprocessing.get_context("forkserver")
_METHOD.set_forkserver_preload(["checks.grading.preload"])


def crew() -> Crew:
    """Return the processes that grade a class: forks of a server, made when they are needed."""
    return Crew(_METHOD, _grade)


@dataclass(frozen=True, slots=True)
class Task:
    """The input of one child; `place` is a directory that no other child uses."""

    path: Path
    name: str
    labs: tuple[Lab, ...]
    choice: Choice
    place: Path
    opened: Opened = open_submission

    @property
    def is_long(self) -> bool:
        """Whether images are built: a process that has spoken to an engine does nothing else."""
        return self.choice != "none"

    @property
    def result(self) -> Path:
        """The file to which the child writes its report."""
        return self.place / "report.json"

    @property
    def log(self) -> Path:
        """The file that gets the child's output; it stays empty unless something breaks."""
        return self.place / "log"


@dataclass(frozen=True)
class Child:
    """A process at work on a task."""

    task: Task
    worker: Worker
    crew: Crew
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @classmethod
    def begin(cls, task: Task, crew: Crew) -> "Child":
        """Have one of the crew begin with the task."""
        task.place.mkdir()
        _settle()
        worker = crew.worker()
        worker.give(task)
        return cls(task, worker, crew)

    @property
    def is_over(self) -> bool:
        """Whether the task is done, or the process dead or late."""
        return self.worker.is_done or self.is_late

    @property
    def is_late(self) -> bool:
        """Whether the child has exceeded its time limit."""
        return time.monotonic() > self.deadline

    def report(self) -> Report:
        """Return the child's report, or one that blames the grader if the child was late or left no report."""
        if self.is_late:
            self.stop()
            return self._lost(f"the grader was stopped after {SECONDS:g} s (its limit for one submission)")
        self.crew.back(self.worker)
        try:
            return replace(json_v1.load(self.task.result.read_text("utf-8")), submission=self.task.name)
        except (OSError, ValueError):
            said = fenced(self.task.log.read_bytes()) if self.task.log.exists() else ""
            return self._lost(f"{ending_of(self.worker.process.exitcode)}:\n{said}")

    def stop(self) -> None:
        """End the child: with SIGTERM first, so that it can clean up, then with SIGKILL."""
        self.worker.stop(GRACE_SECONDS)

    def _lost(self, why: str) -> Report:
        return lost(self.task.name, self.task.labs, why)


@functools.cache
def _settle() -> None:
    """Put the fork server's socket into a scratch directory, once per process; a later grading sweeps that.

    multiprocessing would make its own `pymp-...` directory, which stays forever if this process is killed.
    """
    scratch = ExitStack()
    place = scratch.enter_context(room(_with_short_paths()))
    multiprocessing.current_process()._config["tempdir"] = str(place)  # type: ignore[attr-defined]  # noqa: SLF001
    atexit.register(scratch.close)


def _with_short_paths() -> Path:
    """Return the temporary directory, or /tmp if a socket in a scratch directory there would have too long a path.

    A socket's path has at most 107 bytes on Linux and 103 on macOS (`sun_path` in unix(7)).
    """
    usual = Path(tempfile.gettempdir())
    socket = usual / f"{PREFIX}12345678" / "listener-12345678"
    return usual if len(os.fsencode(socket)) <= MAX_SOCKET_PATH else Path("/tmp")  # noqa: S108 # `room` makes a directory in it


def _grade(task: Task) -> None:
    """Grade the task's submission and write the report; the child process runs this."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.grading.grade import grade
    from checks.grading.preload import COLLECTED
    from checks.reports.files import write_atomically
    from checks.reports.progress import Progress

    log = os.open(task.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    try:
        step = Progress.silent().step
        report = grade(task.path, task.labs, task.choice, step, COLLECTED, opened=task.opened)
    except SubmissionError as unreadable:
        sys.exit(str(unreadable))
    write_atomically(task.result, json_v1.dump(report))
