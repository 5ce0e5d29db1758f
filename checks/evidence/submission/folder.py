"""A submission that is a directory, read component by component, so that we never follow a link.

We open every component relative to the open folder above it, and with `O_NOFOLLOW`. So the kernel refuses a link
that replaces a file between our check and our read.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from checks.evidence.submission.limits import (
    DEFAULT_LIMITS,
    Limits,
    Refused,
    SubmissionRefused,
    is_the_machines,
)
from checks.evidence.submission.tree import Parts, SubmittedFile, read_at_most, shown, too_large

_KINDS: dict[int, str] = {
    stat.S_IFLNK: "a symbolic link, and links are never followed",
    stat.S_IFDIR: "a folder, not a file",
    stat.S_IFIFO: "a named pipe, not a regular file",
    stat.S_IFSOCK: "a socket, not a regular file",
    stat.S_IFCHR: "a device, not a regular file",
    stat.S_IFBLK: "a device, not a regular file",
    stat.S_IFREG: "a file, not a folder",
}


class Folder:
    """The tree below one directory, which stays open until `close`."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._limits = limits

    def has(self, parts: Parts) -> bool:
        """Whether an entry of that name exists, of any kind."""
        try:
            with self._opened(parts[:-1]) as above:
                os.stat(parts[-1], dir_fd=above, follow_symlinks=False)
        except PermissionError:
            return True  # the entry exists, but we may not look at it; `read` reports that
        except (OSError, Refused):
            return False
        return True

    def folders(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of the real folders directly in that folder, sorted."""
        return self._names(parts, lambda entry: entry.is_dir(follow_symlinks=False))

    def files(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of everything else directly in that folder, sorted."""
        return self._names(parts, lambda entry: not entry.is_dir(follow_symlinks=False))

    def read(self, parts: Parts) -> SubmittedFile | None:
        """Return the file, None if it is absent; raise `Refused` if it cannot be read, OSError if a disk fails."""
        try:
            with self._opened(parts[:-1]) as above:
                return _read_file(above, parts, self._limits.file_bytes)
        except FileNotFoundError:
            return None
        except PermissionError:
            raise Refused(
                f"{shown(parts)} may not be read: permission denied. Make it readable (chmod u+r)"
            ) from None
        except OSError as error:
            if is_the_machines(error):
                raise
            reason = error.strerror or "an error without a name"
            raise Refused(f"{shown(parts)} cannot be read: {reason}") from None

    def close(self) -> None:
        """Close the directory."""
        os.close(self._root)

    def _names(self, parts: Parts, wanted: Callable[[os.DirEntry[str]], bool]) -> tuple[str, ...]:
        try:
            with self._opened(parts) as folder, os.scandir(folder) as entries:
                found = list(islice(entries, self._limits.members + 1))
                if len(found) > self._limits.members:
                    raise SubmissionRefused(
                        shown(parts) or "the submission",
                        f"one folder has more than {self._limits.members} entries, the most that are listed",
                        "Hand in the files of the course only",
                    )
                return tuple(sorted(entry.name for entry in found if wanted(entry)))
        except (OSError, Refused):
            return ()

    @contextmanager
    def _opened(self, parts: Parts) -> Iterator[int]:
        """Open the folder at `parts`, one component at a time; on exit, close it."""
        folder = os.dup(self._root)
        try:
            for depth, name in enumerate(parts, start=1):
                _refuse_unless(stat.S_IFDIR, folder, parts[:depth])
                below = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
                os.close(folder)
                folder = below
            yield folder
        finally:
            os.close(folder)


# Without O_NONBLOCK a named pipe that replaced the file after the look would hang the open.
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FOLDER_FLAGS = _FILE_FLAGS | os.O_DIRECTORY


def _read_file(above: int, parts: Parts, limit: int) -> SubmittedFile:
    # We check its kind before the open, because opening a device can have an effect, and again after it.
    _refuse_unless(stat.S_IFREG, above, parts)
    try:
        descriptor = os.open(parts[-1], _FILE_FLAGS, dir_fd=above)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused(f"{shown(parts)} is {_KINDS[stat.S_IFLNK]}") from None
        raise
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor, not a path
        mode = os.fstat(descriptor).st_mode
        _refuse_kind(stat.S_IFREG, mode, parts)
        data = read_at_most(file.read, limit + 1)
    if len(data) > limit:
        raise Refused(too_large(parts, limit))
    return SubmittedFile(data, bool(mode & stat.S_IXUSR))


def _refuse_unless(wanted: int, above: int, parts: Parts) -> None:
    mode = os.stat(parts[-1], dir_fd=above, follow_symlinks=False).st_mode
    _refuse_kind(wanted, mode, parts)


def _refuse_kind(wanted: int, mode: int, parts: Parts) -> None:
    kind = stat.S_IFMT(mode)
    if kind != wanted:
        what = _KINDS.get(kind, "not a regular file")
        raise Refused(f"{shown(parts)} is {what}")
