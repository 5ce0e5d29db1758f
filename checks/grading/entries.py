"""The entries of a class: each submission with the name of its result, and the time at which it came."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from checks.evidence.submission.limits import SubmissionError
from checks.evidence.submission.submission import open_submission, safe_label, safe_name
from checks.grading.pseudonyms import pseudonym
from checks.lab import Lab

FILES_TIME = "the file's own time"
_LATEST = datetime(
    9998, 12, 31, tzinfo=UTC
).timestamp()  # a student sets a file's time, even to one without a date


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission of a class. `name` is unique in the class; `submitted` is the time that a roster gives.

    Where the name is `masked`, a message must not show that of the folder or archive either.
    """

    name: str
    path: Path
    submitted: datetime | None = None
    masked: bool = False

    def time(self, lab: Lab) -> tuple[datetime, str]:
        """Return when the work on a lab came in, and whose time that is."""
        if self.submitted is not None:
            return self.submitted, "the roster"
        return datetime.fromtimestamp(min(max(_touched(self.path, lab), 0), _LATEST), UTC), FILES_TIME


def entries_of(paths: Iterable[Path]) -> list[Entry]:
    """Return an entry for each path, named after it; where names are equal, after the folder above too.

    So the name of one does not depend on which others there are, as a number does: scores are set by names.
    """
    entries = [Entry(safe_name(path), path) for path in paths]
    count = Counter(entry.name.casefold() for entry in entries)
    return told_apart([_with_folder(e) if count[e.name.casefold()] > 1 else e for e in entries])


def _with_folder(entry: Entry) -> Entry:
    return replace(entry, name=safe_label(f"{entry.path.absolute().parent.name}-{entry.name}"))


def told_apart(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries with names that differ."""
    names = distinct([entry.name for entry in entries])
    return [replace(entry, name=name) for entry, name in zip(entries, names, strict=True)]


def masked(entries: Iterable[Entry], key: bytes) -> list[Entry]:
    """Return the entries under pseudonyms, in an order that tells nothing about the names."""
    hidden = [replace(entry, name=pseudonym(entry.name, key), masked=True) for entry in entries]
    return sorted(hidden, key=lambda entry: entry.name)


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names with duplicates numbered: `ada`, `Ada-2`.

    A Mac's file system ignores case: the reports of `ada` and `Ada` would be one file.
    """
    given = {name.casefold() for name in names}
    seen: Counter[str] = Counter()
    taken: dict[str, str] = {}
    for name in names:
        candidate = name
        while candidate.casefold() in taken or (candidate != name and candidate.casefold() in given):
            seen[name.casefold()] += 1
            candidate = f"{name}-{seen[name.casefold()] + 1}"
        taken[candidate.casefold()] = candidate
    return list(taken.values())


def _touched(path: Path, lab: Lab) -> float:
    """Return the time of an archive, or the newest one of a lab's files in a folder."""
    times = []
    if path.is_dir():
        with suppress(OSError, SubmissionError):  # a folder that may not be read
            times = [file.lstat().st_mtime for file in _files(path, lab) if os.path.lexists(file)]
    return max(times, default=path.stat().st_mtime)


def _files(folder: Path, lab: Lab) -> list[Path]:
    """Return where a lab's files are, or would be."""
    with open_submission(folder) as submission:
        return [folder.joinpath(*submission.located((lab.id, *name.split("/")))) for name in lab.edit]
