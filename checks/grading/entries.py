"""The entries of a class: each submission with the name of its result, and the time at which it came."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from checks.evidence.submission.submission import safe_name
from checks.grading.pseudonyms import pseudonym
from checks.lab import Lab


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
        return datetime.fromtimestamp(_touched(self.path, lab), UTC), "the file's own time"


def entries_of(paths: Iterable[Path]) -> list[Entry]:
    """Return an entry for each path, named after it."""
    return told_apart([Entry(safe_name(path), path) for path in paths])


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
    if not path.is_dir():
        return path.lstat().st_mtime
    files = (found for name in lab.edit for found in path.glob(f"{lab.id}/{name}"))
    wrapped = (found for name in lab.edit for found in path.glob(f"*/{lab.id}/{name}"))
    times = [path.lstat().st_mtime]
    with suppress(OSError):  # a folder that may not be read
        times = [file.lstat().st_mtime for file in (*files, *wrapped)] or times
    return max(times)
