"""Processes that do one task after the other, each until it is worn.

A fork for each task would copy 13 MB of the memory that it shares with the fork server, which takes as long as to
grade a static submission. A worker that dies loses the task that it had, and no other.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, Self

from checks.grading.working import FIT, Duty, Work, serve

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Worker:
    """A process, and the pipe by which it gets tasks and says that it did them."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"

    @classmethod
    def start(cls, context: BaseContext, work: Work) -> "Worker":
        """Start a process that calls `work` with each task."""
        ours, theirs = context.Pipe()
        process: BaseProcess = context.Process(target=serve, args=(theirs, work))  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        return cls(process, ours)

    def give(self, task: Duty) -> None:
        """Give it a task; if it has just died, that shows at once."""
        with suppress(OSError):
            self.pipe.send(task)

    @property
    def signs(self) -> tuple["Connection[Any, Any]", int]:
        """What to wait for: its word that the task is done, or its end."""
        return self.pipe, self.process.sentinel

    @property
    def is_done(self) -> bool:
        """Whether it did its task, or died."""
        return self.pipe.poll() or not self.process.is_alive()

    def is_fit(self) -> bool:
        """Whether it did its task and can do another."""
        with suppress(EOFError, OSError):
            return self.pipe.poll() and self.pipe.recv_bytes() == FIT
        return False

    def dismiss(self) -> None:
        """Wait for its end, which comes when it has no task."""
        self.pipe.close()
        self.process.join()

    def stop(self, seconds: float) -> None:
        """End it: with SIGTERM first, so that it has some seconds to clean up, then with SIGKILL."""
        self.process.terminate()
        self.pipe.close()
        self.process.join(seconds)
        self.process.kill()
        self.process.join()


@dataclass(frozen=True)
class Crew:
    """The workers of a class; those that have no task wait for one until the end."""

    context: BaseContext
    work: Work
    _idle: list[Worker] = field(default_factory=list)

    def worker(self) -> Worker:
        """Return one without a task; what was killed while it waited is passed over."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.is_alive():
                return worker
            worker.dismiss()
        return Worker.start(self.context, self.work)

    def back(self, worker: Worker) -> None:
        """Keep a worker that is done, if it can do another task."""
        if worker.is_fit():
            self._idle.append(worker)
        else:
            worker.dismiss()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._idle:
            self._idle.pop().dismiss()
