"""A temporary directory that is gone with its grading, or at the next grading when that was killed."""

import fcntl
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from checks.evidence.output import visible_line
from checks.grading.removal import remove_tree

PREFIX = "graded-lab-"


@contextmanager
def room(within: Path | None = None) -> Iterator[Path]:
    """A fresh directory, locked for as long as it is used; in `within`, or where this machine keeps such."""
    within = within or Path(tempfile.gettempdir())
    sweep_rooms(within)
    path, handle = _made(within)
    try:
        yield path
    finally:
        remove_tree(path)
        os.close(handle)


def sweep_rooms(within: Path) -> None:
    """Remove the rooms of this user that nobody holds; what cannot be removed stops no grading."""
    for path in within.glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody holds it, or it went meanwhile, or it is somebody else's
            handle = _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = remove_tree(path)
            os.close(handle)
            if not gone:
                _tell(path)


@cache
def _tell(path: Path) -> None:
    """Say it once: the next submission of a class meets the same folder."""
    why = "an earlier grading left it, and this user may not remove all of it"
    print(f"{visible_line(str(path))} stays: {why}. Remove it as root.", file=sys.stderr)


def _made(within: Path) -> tuple[Path, int]:
    """A room and its lock; made anew when it was swept before it was locked."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within))
        with suppress(FileNotFoundError):
            return path, _lock(path, fcntl.LOCK_EX)


def _lock(path: Path, how: int) -> int:
    """Lock the directory; OSError when it is held or not ours, FileNotFoundError when it is gone."""
    place = path.lstat()
    if not stat.S_ISDIR(place.st_mode) or place.st_uid != os.getuid():
        raise PermissionError(path)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, how)
        if not os.path.samestat(path.lstat(), os.fstat(handle)):
            raise FileNotFoundError(path)
    except OSError:
        os.close(handle)
        raise
    return handle
