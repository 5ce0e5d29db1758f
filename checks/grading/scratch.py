"""Scratch directories: removed at the end of their grading, or by the next one if theirs was killed.

`shutil.rmtree` recurses and holds a file open for each level: a thousand nested folders make it fail. `remove_tree`
moves each folder to the top and empties it there, so at any depth it needs only two open files and short paths. It
follows no link, although a container may still be writing.
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

SECONDS = 120.0  # for one directory, since a container may be filling it meanwhile
AT_A_TIME = 10_000  # names held in memory
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ALL = 0o700


def remove_tree(path: Path, seconds: float = SECONDS) -> bool:
    """Remove all that this user may remove; return whether `path` is gone. Its contents cause no exception."""
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
    """Remove the entries of `top`, moving its folders' own folders up to it; return whether any was removed."""
    went, at = False, time.monotonic_ns()
    for number, (name, is_folder) in enumerate(_entries(top)):
        if time.monotonic() > deadline:
            return False
        went |= _dissolved(top, name, f"{at}-{number}") if is_folder else _gone(os.unlink, name, top)
    return went


def _dissolved(top: int, name: str, prefix: str) -> bool:
    """Remove a folder after moving its own folders up under names with `prefix`; return whether any was removed."""
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
    """Move a folder to the top; this needs write permission in the folder, since its `..` changes."""
    for locked in (False, True):
        with suppress(OSError):
            if locked:
                _unlock(name, folder)
            os.rename(name, new, src_dir_fd=folder, dst_dir_fd=top)
            return True
    return False


def _entries(folder: int) -> list[tuple[str, bool]]:
    """Return the first entries of a folder, and whether each is a folder; empty if it cannot be read."""
    with suppress(OSError), os.scandir(folder) as entries:
        some = itertools.islice(entries, AT_A_TIME)
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in some]
    return []


def _opened(name: str, parent: int) -> int:
    """Open the folder of that name, after giving its owner all permissions; raise OSError for anything else."""
    if os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode & _ALL != _ALL:
        _unlock(name, parent)
    return os.open(name, _FOLDER, dir_fd=parent)


def _unlock(name: str, parent: int) -> None:
    """Give the owner all permissions on a folder; do not follow a link."""
    if sys.platform != "linux":
        os.chmod(name, _ALL, dir_fd=parent, follow_symlinks=False)
        return
    # On Linux chmod follows links, so use a descriptor, which needs no permissions with O_PATH.
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", _ALL)  # noqa: PTH101 - it is a descriptor
    finally:
        os.close(handle)


PREFIX = "graded-lab-"


@contextmanager
def room(within: Path | None = None) -> Iterator[Path]:
    """Make a scratch directory in `within` (default: the system's), and lock it until exit, which removes it."""
    within = within or Path(tempfile.gettempdir())
    sweep_rooms(within)
    path, handle = _made(within)
    try:
        yield path
    finally:
        remove_tree(path)
        os.close(handle)


def sweep_rooms(within: Path) -> None:
    """Remove this user's unlocked scratch directories; report those that cannot be removed, and go on."""
    for path in within.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is locked, or gone, or another user's
            handle = _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            gone = remove_tree(path)
            os.close(handle)
            if not gone:
                _tell(path)


@cache
def _tell(path: Path) -> None:
    """Print the message once per process, since the next submission of a class finds the same folder."""
    why = "an earlier grading left it, and this user may not remove all of it"
    print(f"{sanitize_line(str(path))} stays: {why}. Remove it as root.", file=sys.stderr)


def _made(within: Path) -> tuple[Path, int]:
    """Make a scratch directory and lock it; make another if a sweep removes it before the lock."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=within))
        with suppress(FileNotFoundError):
            return path, _lock(path, fcntl.LOCK_EX)


def _lock(path: Path, how: int) -> int:
    """Lock the directory; raise OSError if it is locked or another user's, FileNotFoundError if it is gone."""
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
