"""A run: one grading on an engine, with the labels on its objects and the lock that shows that it lives.

Every image, container, network and volume of a run carries three labels: the run, its owner and the time. A run
holds a lock file while it lives; the reaper removes the objects of runs of the same owner whose lock is free.
"""

import fcntl
import hashlib
import os
import re
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.engine.slots import Slot

RUN_LABEL = "graded-docker-lab.run"
OWNER_LABEL = "graded-docker-lab.owner"
MADE_LABEL = "graded-docker-lab.made"  # seconds since 1970; an image's own date may be that of a cached layer
PREFIX = "graded-lab"
RUN_NAME = re.compile(PREFIX + "-[0-9a-f]{12}")


def owner() -> str:
    """Return the owner id: user, host and lock directory.

    A process that cannot see that directory is a different owner.
    """
    locks = runs_directory()
    place = locks.stat()
    known = f"{socket.gethostname()} {locks} {place.st_dev} {place.st_ino}"
    return f"{hashlib.sha256(known.encode()).hexdigest()[:12]}-{os.getuid()}"


def runs_directory() -> Path:
    """Return the directory with the locks of this user's runs; all clones share it."""
    try:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        directory = Path(base) / "graded-docker-lab" / "runs"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home directory, or a read-only one
        directory = Path(tempfile.gettempdir()) / f"graded-docker-lab-{os.getuid()}"
        directory.mkdir(mode=0o700, exist_ok=True)
    return directory


@dataclass(frozen=True)
class Run:
    """One grading on an engine. Its name is random, so that no submission can guess it.

    `topic` says what it grades: runs of the same topic find each other's build cache.
    """

    name: str = field(default_factory=lambda: f"{PREFIX}-{secrets.token_hex(6)}")
    topic: str = field(default="", compare=False)
    slots: dict[Path, Slot] = field(default_factory=dict, compare=False, repr=False)  # by engine

    @property
    def labels(self) -> dict[str, str]:
        """The labels for an object that this run creates now."""
        return {RUN_LABEL: self.name, OWNER_LABEL: owner(), MADE_LABEL: str(int(time.time()))}

    @property
    def lock(self) -> Path:
        """The lock file, held while the run lives."""
        return runs_directory() / f"{self.name}.lock"

    def slot(self, directory: Path) -> Slot:
        """Return its build slot on the embedded engine in `directory`, kept from its first build to its end."""
        if directory not in self.slots:
            self.slots[directory] = Slot(directory, self.topic)
        return self.slots[directory]

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """Return a scratch directory beside the lock; the reaper removes it with the run."""
        return tempfile.TemporaryDirectory(prefix=f"{self.name}-", dir=runs_directory())


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Hold the run's lock; enter this before creating anything for the run."""
    while True:
        with run.lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_there(run.lock, lock.fileno()):
                continue  # the reaper removed it before we locked it
            try:
                yield run
            finally:
                for slot in run.slots.values():
                    slot.release()
                run.slots.clear()
                run.lock.unlink(missing_ok=True)
            return


def is_alive(name: str) -> bool:
    """Whether a process holds the lock of the run of that name; remove a lock that no process holds."""
    if not RUN_NAME.fullmatch(name):
        return False
    lock = Run(name).lock
    try:
        handle = lock.open("r+")
    except FileNotFoundError:
        return False
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        if _is_there(lock, handle.fileno()):
            lock.unlink(missing_ok=True)
        return False


def _is_there(path: Path, handle: int) -> bool:
    """Whether `path` still names the open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
