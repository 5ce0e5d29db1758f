"""Limits on reading a submission, and the errors that reject one; each says which limit was hit and what to do."""

import errno
from dataclasses import dataclass
from typing import Final

# Errors of the disk, or of a process that has no room for more (errno(3)): no file of a submission causes them.
_OF_THE_MACHINE: Final = frozenset(
    {
        errno.EIO, errno.ENOMEM, errno.ENFILE, errno.EMFILE, errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.ESTALE,
        errno.ETIMEDOUT,
    }
)  # fmt: skip


class Refused(Exception):  # noqa: N818 - the student's file is at fault, not the grader
    """We do not read one file of the submission (a link, a device, too large, ...); the message says why."""


class SubmissionError(Exception):
    """The submission cannot be read at all. `what` is its name, made printable."""

    def __init__(self, what: str, why: str, what_to_do: str) -> None:
        super().__init__(f"{what}: {why}. {what_to_do}")
        self.what = what
        self.why = why
        self.what_to_do = what_to_do


class SubmissionRefused(SubmissionError):  # noqa: N818 - as above
    """The submission opens, but is broken or hostile as a whole: the student's fault, graded as failed."""


def is_the_machines(error: OSError) -> bool:
    """Whether an error is the fault of this machine, and of no submission: let it pass, and no points are lost."""
    return error.errno in _OF_THE_MACHINE


KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. The defaults leave room for a repository with its `.git` and a virtual environment."""

    file_bytes: int = 2 * MIB  # one file that is read
    archive_bytes: int = 256 * MIB  # the archive itself
    unpacked_bytes: int = 512 * MIB  # all its members together, as declared and as decompressed
    members: int = 50_000
    depth: int = 40  # nested folders
    name_characters: int = 1024
    # Deflate reaches 1032; source code stays below 20. Small archives may have any ratio.
    ratio: int = 100
    ratio_free_bytes: int = 32 * MIB
    directory_bytes: int = 8 * MIB  # the central directory of a zip, which is read at once
    # A tar's extended header: tarfile's patterns take quadratic time on it in older Python versions.
    tar_header_bytes: int = 16 * KIB
    listing_seconds: float = 30.0  # of processor time


DEFAULT_LIMITS = Limits()


def size_text(count: int) -> str:
    """Return a number of bytes as text: `2 MiB`, `1.5 KiB`, `100 bytes`."""
    if count >= MIB:
        return f"{count / MIB:.4g} MiB"
    return f"{count / KIB:.4g} KiB" if count >= KIB else f"{count} bytes"
