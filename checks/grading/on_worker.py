"""The functions that a Dask worker runs: plain values in and out, and what grades a class anywhere in between.

The worker has the same course, which `seats.py` has compared, so that only a submission's bytes travel.
"""

import multiprocessing
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from hashlib import sha256
from typing import Literal

from checks.evidence.submission.parcel import open_parcel
from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.workspace import Opened
from checks.grading.classroom import Class
from checks.grading.course import course
from checks.grading.engines import Choice
from checks.grading.entries import Entry
from checks.grading.pool import engine_now
from checks.grading.scratch import room
from checks.lab import Lab, load_lab
from checks.reports import json_v1
from checks.reports.progress import Progress

Found = tuple[Literal["host", "embedded", "none"], str, str]

STEP = Progress.silent().step


def grade_archive(data: bytes, digest: str, name: str, labs: Sequence[str], choice: Choice) -> str:
    """Grade an archive that has this file name; return its report as JSON."""
    return _graded(data, digest, name, labs, choice, open_submission)


def grade_parcel(data: bytes, digest: str, name: str, labs: Sequence[str], choice: Choice) -> str:
    """Grade a folder that was packed for the way; return its report as JSON."""
    return _graded(data, digest, name, labs, choice, open_parcel)


def course_here() -> tuple[str, str]:
    """Return the version and the digest of this worker's course."""
    return course().version, course().digest


def engine_here(choice: Choice) -> Found:
    """Return the kind, the version and the image store of this worker's engine, started if need be."""
    engine = engine_now(choice, STEP)
    return engine.kind, engine.version, engine.store


def _graded(  # noqa: PLR0913, PLR0917 - what travels, and how it is opened
    data: bytes, digest: str, name: str, labs: Sequence[str], choice: Choice, opened: Opened
) -> str:
    """Grade in a process of its own, as on one machine: what crashes there leaves the worker as it is."""
    if sha256(data).hexdigest() != digest:
        raise ValueError("the submission's bytes are not those that were sent")
    _allow_children()
    with room() as place:
        path = place / name
        path.write_bytes(data)
        alone = Class([Entry("submission", path)], [_lab(lab) for lab in labs], choice, 1, opened)
        with closing(alone.reports()) as reports:
            return json_v1.dump(next(reports))


@cache
def _lab(name: str) -> Lab:
    """Read a lab and its settings, which its grading gets instead of the file."""
    lab = load_lab(name)
    lab.validate()
    return lab


def _allow_children() -> None:
    """Let this process have children although a nanny has started it, as a daemon.

    multiprocessing forbids that lest they outlive their parent; ours watch it (`working.py`).
    """
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # noqa: SLF001
