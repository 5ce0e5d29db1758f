"""Overwrite or replace a mounted file while a container may write to its folder.

The container could replace any part of the path by a link, so we follow no link.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from checks.evidence.submission.limits import Refused, is_the_machines

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KEPT = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def overwrite(root: Path, relative: str, data: bytes) -> None:
    """Overwrite the file in place, so that a mount of only the file shows it too; raise `Refused` on failure."""
    with _folder_of(root, relative) as (folder, name):
        _write(name, folder, _FILE, data)


def disguise(root: Path, relative: str, data: bytes) -> None:
    """Overwrite the file in place, but keep its size (zeros fill it up) and its time; raise `Refused` on failure.

    A program that looks at these before it reads a file again does not notice.
    """
    with _folder_of(root, relative) as (folder, name):
        file = os.open(name, _KEPT, dir_fd=folder)
        try:
            looks = os.fstat(file)
            if not stat.S_ISREG(looks.st_mode) or looks.st_size < len(data):
                raise Refused(f"{relative} was put aside by the container (it is no file of ours any more)")
            os.pwrite(file, data.ljust(looks.st_size, b"\0"), 0)
            os.utime(file, ns=(looks.st_atime_ns, looks.st_mtime_ns))
        finally:
            os.close(file)


def take_place(root: Path, relative: str, data: bytes) -> str:
    """Replace the file atomically; return the name of the kept old file; raise `Refused` on failure.

    A mount of the folder shows the new file; a mount of only the file keeps the old one.
    """
    with _folder_of(root, relative) as (folder, name):
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise Refused(f"{relative} was put aside by the container (it is no file any more)")
        kept, fresh = (f".{name}.{word}-{secrets.token_hex(4)}" for word in ("old", "new"))
        os.link(name, kept, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        _write(fresh, folder, _NEW, data)
        os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    return kept


def put_back(root: Path, relative: str, kept: str) -> None:
    """Move the old file back, as the same file; raise `Refused` on failure."""
    with _folder_of(root, relative) as (folder, name):
        os.rename(kept, name, src_dir_fd=folder, dst_dir_fd=folder)


@contextmanager
def _folder_of(root: Path, relative: str) -> Iterator[tuple[int, str]]:
    """Yield the opened folder of a file and its name; raise `Refused` for errors, which the container caused."""
    *folders, name = PurePosixPath(relative).parts
    opened = os.open(root, _FOLDER)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER, dir_fd=opened)
            os.close(opened)
            opened = below
        yield opened, name
    except OSError as error:
        if is_the_machines(error):
            raise
        raise Refused(f"{relative} was put aside by the container ({error.strerror})") from error
    finally:
        os.close(opened)


def _write(name: str, folder: int, how: int, data: bytes) -> None:
    """Write only a regular file: a container may have put a device there, which belongs to this machine too."""
    with open(os.open(name, how, 0o644, dir_fd=folder), "wb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused(f"{name} was put aside by the container (it is no file any more)")
        os.fchmod(file.fileno(), 0o644)
        file.write(data)
