"""A file that is mounted gets other bytes, or another one takes its place, while a container may write there.

The container could have put a link in its place, so that no link is followed on the way.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from checks.evidence.submission.limits import Refused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def overwrite(root: Path, relative: str, data: bytes) -> None:
    """Give the file other bytes, in place: a mount of the file alone sees them, too. Raises `Refused`."""
    with _folder_of(root, relative) as (folder, name):
        _write(name, folder, _FILE, data)


def take_place(root: Path, relative: str, data: bytes) -> str:
    """Put another file in its place, in one step; the name under which the old one is kept. Raises `Refused`.

    A mount of the folder shows the new file; a mount of the file alone keeps the old one.
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
    """The old file takes its place again, as the same file. Raises `Refused`."""
    with _folder_of(root, relative) as (folder, name):
        os.rename(kept, name, src_dir_fd=folder, dst_dir_fd=folder)


@contextmanager
def _folder_of(root: Path, relative: str) -> Iterator[tuple[int, str]]:
    """The opened folder of a file, and the file's name in it; what goes wrong there is the container's doing."""
    *folders, name = PurePosixPath(relative).parts
    opened = os.open(root, _FOLDER)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER, dir_fd=opened)
            os.close(opened)
            opened = below
        yield opened, name
    except OSError as error:
        raise Refused(f"{relative} was put aside by the container ({error.strerror})") from error
    finally:
        os.close(opened)


def _write(name: str, folder: int, how: int, data: bytes) -> None:
    """Write a file, and nothing else that a container may have put there: a device is this machine's, too."""
    with open(os.open(name, how, 0o644, dir_fd=folder), "wb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused(f"{name} was put aside by the container (it is no file any more)")
        os.fchmod(file.fileno(), 0o644)
        file.write(data)
