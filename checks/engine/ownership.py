"""What the grader makes is marked as one run's, and goes when that run is over, however it ended.

Every image, container, network and volume carries three labels: the run, the owner (this user on this
machine) and when it was made. A run holds a lock file for as long as it lives. Whoever starts next removes
what belongs to runs of the same owner whose lock nobody holds, so a run that was killed leaves nothing
behind for long. Of other owners, who may share the engine and whose locks cannot be seen from here, only
what is hours old is removed. Nothing without these labels is ever touched.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from checks.engine.slots import Slot

if TYPE_CHECKING:
    from checks.engine.engine import Engine

RUN_LABEL = "graded-docker-lab.run"
OWNER_LABEL = "graded-docker-lab.owner"
MADE_LABEL = "graded-docker-lab.made"  # seconds since 1970; an image's own date may be that of a cached layer
PREFIX = "graded-lab"
LOOKS = 4  # at what a run has left, until nothing is there; the rest is for the next sweep
OTHERS_SECONDS = 6 * 3600  # what another owner made is theirs for so long
_NAME = re.compile(PREFIX + "-[0-9a-f]{12}")


def owner() -> str:
    """This user on this machine, and the place of their locks: who does not see these is another owner."""
    locks = runs_directory()
    place = locks.stat()
    known = f"{socket.gethostname()} {locks} {place.st_dev} {place.st_ino}"
    return f"{hashlib.sha256(known.encode()).hexdigest()[:12]}-{os.getuid()}"


def runs_directory() -> Path:
    """Where the locks of this user's runs are, whichever clone they were started from."""
    try:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        directory = Path(base) / "graded-docker-lab" / "runs"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or one that cannot be written
        directory = Path(tempfile.gettempdir()) / f"graded-docker-lab-{os.getuid()}"
        directory.mkdir(mode=0o700, exist_ok=True)
    return directory


@dataclass(frozen=True)
class Run:
    """One run of the grader; its name is random, so that no submission can guess it.

    `topic` is what it is about: runs of one topic find each other's builds.
    """

    name: str = field(default_factory=lambda: f"{PREFIX}-{secrets.token_hex(6)}")
    topic: str = field(default="", compare=False)
    slots: dict[Path, Slot] = field(default_factory=dict, compare=False, repr=False)  # by engine

    @property
    def labels(self) -> dict[str, str]:
        """What everything made by this run, and made now, carries."""
        return {RUN_LABEL: self.name, OWNER_LABEL: owner(), MADE_LABEL: str(int(time.time()))}

    @property
    def lock(self) -> Path:
        """Held for as long as the run lives."""
        return runs_directory() / f"{self.name}.lock"

    def slot(self, directory: Path) -> Slot:
        """Where it builds, on the engine of this directory: the same place from its first build to its end."""
        if directory not in self.slots:
            self.slots[directory] = Slot(directory, self.topic)
        return self.slots[directory]

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """A directory beside the lock, for a moment; it is swept with the run."""
        return tempfile.TemporaryDirectory(prefix=f"{self.name}-", dir=runs_directory())


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Hold the run's lock; entered before anything is made for it."""
    while True:
        with run.lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_there(run.lock, lock.fileno()):
                continue  # swept between its making and its locking
            try:
                yield run
            finally:
                for slot in run.slots.values():
                    slot.release()
                run.slots.clear()
                run.lock.unlink(missing_ok=True)
            return


def sweep(engine: "Engine") -> None:
    """Remove what dead runs of this owner left behind, and what others left long ago.

    What will not go, or not now, stops nobody's grading, nor the rest of the sweep: the next one finds it.
    """
    from checks.engine.cgroups import sweep_cgroups
    from checks.engine.orphans import end_orphans

    parts: tuple[Callable[[], None], ...] = (
        lambda: end_orphans(is_alive),  # first, or one of them may finish what is swept here
        lambda: sweep_cgroups(engine),
        _sweep_files,
        lambda: _sweep_belongings(engine),
    )
    for part in parts:
        with suppress(Exception):
            part()


def _sweep_belongings(engine: "Engine") -> None:
    from checks.engine.labelled import belongings

    mine, now = owner(), time.time()
    for thing in belongings(engine, OWNER_LABEL):
        is_old = now - thing.made > OTHERS_SECONDS
        if not is_alive(thing.run) if thing.owner == mine else is_old:
            thing.remove()


def remove(engine: "Engine", run: Run) -> None:
    """Remove everything that carries this run's label: containers first, since they hold the rest.

    What a client that was interrupted had asked for may come only now; so it looks until nothing is there.
    """
    from checks.engine.labelled import belongings

    for _ in range(LOOKS):
        found = list(belongings(engine, f"{RUN_LABEL}={run.name}"))
        for thing in found:
            thing.remove()
        if not found:
            return


def is_alive(name: str) -> bool:
    """Whether a process still holds the lock of the run of that name."""
    if not _NAME.fullmatch(name):
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


def _sweep_files() -> None:
    """Locks and scratch directories of dead runs."""
    for path in runs_directory().iterdir():
        name = _NAME.match(path.name)
        if name and not is_alive(name[0]) and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _is_there(path: Path, handle: int) -> bool:
    """Whether the open file is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
