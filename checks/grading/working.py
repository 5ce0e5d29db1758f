"""The inside of a worker's process: it does the tasks that come by a pipe, and says when it is worn.

What one submission left must not reach the next: each has its own scratch directory, the environment and the
current directory are put back, and a process that became large or slow takes no other task.
"""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from checks.interruption import heed_signals

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MAX_TASKS = 50
MAX_GROWTH = 64 * 2**20  # bytes, over all tasks
MAX_CPU_SECONDS = 5.0  # for one task
FIT, WORN = b"fit", b"worn"


class Duty(Protocol):
    """What is known of a task here: whether the start of a process costs nothing beside it."""

    @property
    def is_long(self) -> bool:
        """Whether a process does only this task."""


Work = Callable[[Any], None]


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_memory() -> int:
    """Return the most memory that this process had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@dataclass
class _Wear:
    """What its tasks have made of this process."""

    tasks: int = 0
    cpu: float = field(default_factory=_cpu_seconds)
    memory: int = field(default_factory=_peak_memory)

    def is_out(self, task: Duty) -> bool:
        """Whether this task was the last that the process should do."""
        self.tasks += 1
        before, self.cpu = self.cpu, _cpu_seconds()
        grown, slow = _peak_memory() - self.memory > MAX_GROWTH, self.cpu - before > MAX_CPU_SECONDS
        return task.is_long or grown or slow or self.tasks >= MAX_TASKS


def serve(pipe: "Connection[Any, Any]", work: Work) -> None:
    """Call `work` with each task that comes; the worker's process runs this."""
    heed_signals()
    Thread(target=_end_with_parent, daemon=True).start()
    wear = _Wear()
    while (task := _next(pipe)) is not None:
        with _put_back():
            work(task)
        is_out = wear.is_out(task)
        with suppress(OSError):  # nobody waits for it any more
            pipe.send_bytes(WORN if is_out else FIT)
        if is_out:
            return


def _next(pipe: "Connection[Any, Any]") -> Any:
    """Return the next task; None if there is none, or this process is to end."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        return pipe.recv()
    return None


@contextmanager
def _put_back() -> Iterator[None]:
    """Put the environment and the current directory back, and write out what was printed."""
    environment, directory = dict(os.environ), os.getcwd()  # noqa: PTH109 - it goes back to `chdir` as it is
    yield
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _end_with_parent() -> None:
    """Stop this process when its parent ends, since nothing reads its reports then."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
