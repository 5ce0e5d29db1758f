"""A submission that is one file: a zip or a tar, listed but never extracted."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from checks.evidence.submission.limits import Limits, SubmissionError, SubmissionRefused, size_text
from checks.evidence.submission.listing import PACK_AGAIN
from checks.evidence.submission.tarred import open_tar
from checks.evidence.submission.tree import Tree, read_at_most
from checks.evidence.submission.zipped import looks_like_zip, open_zip
from checks.sanitize import sanitize_line

ARCHIVE_SUFFIXES = (
    ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz",
)  # fmt: skip


def open_archive(path: Path, limits: Limits) -> Tree:
    """List an archive; raise OSError if it cannot be opened, `SubmissionError` if it is not a regular file.

    Raises `SubmissionRefused` if it is broken or hostile.
    """
    name = sanitize_line(path.name)
    file = _open_regular(path, name)
    try:
        _refuse_size(os.fstat(file.fileno()).st_size, name, limits)
        return open_zip(file, name, limits) if looks_like_zip(file) else open_tar(file, name, limits)
    except BaseException:
        file.close()
        raise


def archive_bytes(path: Path, limits: Limits) -> bytes:
    """Return an archive as it lies; raise as `open_archive` does for what cannot be opened, or is too large."""
    name = sanitize_line(path.name)
    with _open_regular(path, name) as file:
        _refuse_size(os.fstat(file.fileno()).st_size, name, limits)
        return read_at_most(file.read, limits.archive_bytes)


def _open_regular(path: Path, name: str) -> BinaryIO:
    # O_NONBLOCK: a named pipe must not hang the grader.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    file = open(descriptor, "rb")  # noqa: PTH123, SIM115 - a descriptor; the caller closes it
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise SubmissionError(name, "it is neither a folder nor a file", "Give a folder, a zip or a tar")
    return file


def _refuse_size(size: int, name: str, limits: Limits) -> None:
    if not size:
        raise SubmissionRefused(name, "the file is empty", PACK_AGAIN)
    if size > limits.archive_bytes:
        why = f"it is larger than {size_text(limits.archive_bytes)}, the most that is opened"
        raise SubmissionRefused(name, why, "Hand in the files of the course only")
