"""A digest of what was handed in: it tells without grading whether a submission is the one that was graded.

It is taken in the process that grades the whole class, so it opens no archive: an archive is hashed as it lies.
Of a folder only the files that the labs ask for count, since a clone has thousands of others.
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from checks.evidence.submission.limits import DEFAULT_LIMITS, Refused, SubmissionError, SubmissionRefused
from checks.evidence.submission.submission import Submission, open_submission
from checks.evidence.submission.tree import other_names

PIECE = 1024 * 1024


def digest_of(path: Path, wanted: Iterable[tuple[str, str]]) -> str:
    """Return `sha256:...` of an archive's bytes, or of the `wanted` files, each a lab and a name, of a folder."""
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            with open_submission(path) as submission:
                for lab, name in wanted:
                    digest.update(repr((lab, name, _found(submission, lab, name))).encode())
        else:
            _add_bytes(digest, path)
    except (OSError, SubmissionError) as unreadable:  # grading says the same, and better
        digest.update(repr(("unreadable", str(unreadable))).encode())
    return f"sha256:{digest.hexdigest()}"


def _found(submission: Submission, lab: str, name: str) -> object:
    """Return all that grading can learn about one file: what there is, or what could be meant as it instead."""
    if here := _at(submission, f"{lab}/{name}"):
        return here
    others = [other for other in other_names(name) if _at(submission, f"{lab}/{other}")]
    with suppress(SubmissionRefused):  # as grading does, which goes on with the other files
        return (others, submission.elsewhere(lab, name))
    return others


def _at(submission: Submission, path: str) -> object:
    """Return the bytes of the file at this path and whether it may run, or why it is refused; None without one."""
    try:
        file = submission.find(path)
    except Refused as refused:
        return str(refused)
    return (file.data, file.executable) if file else None


def _add_bytes(digest: "hashlib._Hash", path: Path) -> None:
    """Hash a regular file up to the size that is opened at most; a pipe or a device must not hang the grader."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        digest.update(repr((stat.S_IFMT(state.st_mode), state.st_size)).encode())
        left = DEFAULT_LIMITS.archive_bytes if stat.S_ISREG(state.st_mode) else 0
        while left > 0 and (piece := file.read(min(PIECE, left))):
            digest.update(piece)
            left -= len(piece)
