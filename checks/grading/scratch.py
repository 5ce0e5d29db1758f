"""Scratch directories: gone with their grading, or with the next one when theirs was killed.

`shutil.rmtree` recurses and holds a file open for each level: a thousand nested folders end it. Here each folder is
moved to the top and emptied there, so depth costs nothing: two open files, and short paths. No link is followed,
although a container may still be writing.
"""

import fcntl
import itertools
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from checks.sanitize import sanitize_line

SECONDS = 120.0  # for one directory: somebody may be filling it meanwhile
AT_A_TIME = 10_000  # names held in memory
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ALL = 0o700


def remove_tree(path: Path, seconds: float = SECONDS) -> bool:
    """Remove it as far as this user may; whether it is gone. Raises nothing for what it finds there."""
    deadline = time.monotonic() + seconds
    with suppress(OSError):
        above = os.open(path.parent, _FOLDER)
        try:
            top = _opened(path.name, above)
            try:
                while time.monotonic() < deadline and _emptied_once(top, deadline):
                    pass
            finally:
                os.close(top)
            os.rmdir(path.name, dir_fd=above)
        finally:
            os.close(above)
    return not os.path.lexists(path)


def _emptied_once(top: int, deadline: float) -> bool:
    """Take away what is directly in `top`, what is in its folders coming in their place; whether any went."""
    went, at = False, time.monotonic_ns()
    for number, (name, is_folder) in enumerate(_entries(top)):
        if time.monotonic() > deadline:
            return False
        went |= _dissolved(top, name, f"{at}-{number}") if is_folder else _gone(os.unlink, name, top)
    return went


def _dissolved(top: int, name: str, prefix: str) -> bool:
    """Take a folder away, its own folders moved up under new names with that prefix; whether any of it went."""
    went = False
    with suppress(OSError):
        folder = _opened(name, top)
        try:
            for number, (inner, is_folder) in enumerate(_entries(folder)):
                new = f"{prefix}-{number}"
                went |= _lifted(folder, inner, top, new) if is_folder else _gone(os.unlink, inner, folder)
        finally:
            os.close(folder)
    return _gone(os.rmdir, name, top) or went


def _gone(remove: Callable[..., None], name: str, folder: int) -> bool:
    with suppress(OSError):
        remove(name, dir_fd=folder)
        return True
    return False


def _lifted(folder: int, name: str, top: int, new: str) -> bool:
    """Move a folder to the top; who moves one writes in it, since its `..` is another one then."""
    for locked in (False, True):
        with suppress(OSError):
            if locked:
                _unlock(name, folder)
            os.rename(name, new, src_dir_fd=folder, dst_dir_fd=top)
            return True
    return False


def _entries(folder: int) -> list[tuple[str, bool]]:
    """The first of what is in a folder, and whether each is one; nothing where it cannot be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        some = itertools.islice(entries, AT_A_TIME)
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in some]
    return []


def _opened(name: str, parent: int) -> int:
    """The folder of that name, made ours to change. Raises OSError for anything else."""
    if os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode & _ALL != _ALL:
        _unlock(name, parent)
    return os.open(name, _FOLDER, dir_fd=parent)


def _unlock(name: str, parent: int) -> None:
    """Give its owner all rights to a folder; a link in its place is left alone."""
    if sys.platform != "linux":
        os.chmod(name, _ALL, dir_fd=parent, follow_symlinks=False)
        return
    # There chmod follows links: so by a descriptor that needs no rights.
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", _ALL)  # noqa: PTH101 - a descriptor
    finally:
        os.close(handle)


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
    print(f"{sanitize_line(str(path))} stays: {why}. Remove it as root.", file=sys.stderr)


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
