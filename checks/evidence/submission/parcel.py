"""A folder on its way to another machine: a tar with all that grading can learn about it, and nothing else.

A clone has thousands of files, and a lab asks for a handful. Where a file is refused, or lies elsewhere, the tar
has a member without data that says so, so that the reports of both machines are the same.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from checks.evidence.submission.limits import Refused, SubmissionRefused
from checks.evidence.submission.submission import Submission, open_submission, safe_name
from checks.evidence.submission.tree import SubmittedFile, other_names
from checks.lab import Lab

REFUSED, ELSEWHERE = "CHECKS.refused", "CHECKS.elsewhere"  # keywords of our own, as pax headers may have
_EXECUTABLE, _PLAIN = 0o755, 0o644


class Parcel:
    """The source of a student's files, as another machine found it."""

    def __init__(
        self, name: str, files: Mapping[str, SubmittedFile], notes: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.name = name
        self._files = files
        self._notes = notes

    def find(self, relative: str, /) -> SubmittedFile | None:
        """Return one file, None if it is absent; raise `Refused` if it was refused there."""
        if why := self._notes.get(relative, {}).get(REFUSED):
            raise Refused(why)
        return self._files.get(relative)

    def elsewhere(self, lab: str, name: str, /) -> str | None:
        """Return where that file of a lab lies if it is not in the lab's folder, else None."""
        return self._notes.get(f"{lab}/{name}", {}).get(ELSEWHERE)


def pack(folder: Path, labs: Sequence[Lab]) -> bytes:
    """Return a folder's parcel; each file in it has at most the size that is read of one.

    Raise `SubmissionError` if the folder cannot be read, or is refused as a whole.
    """
    buffer = io.BytesIO()
    with open_submission(folder) as submission, tarfile.open(fileobj=buffer, mode="w") as parcel:
        for lab in labs:
            for name in lab.edit:
                _add(parcel, submission, lab.id, name)
    return buffer.getvalue()


@contextmanager
def open_parcel(path: Path) -> Iterator[Parcel]:
    """Read a parcel; nothing of it is extracted."""
    files, notes = dict[str, SubmittedFile](), dict[str, Mapping[str, str]]()
    with tarfile.open(path, "r:") as parcel:
        for member in parcel:
            if member.pax_headers.keys() & {REFUSED, ELSEWHERE}:
                notes[member.name] = member.pax_headers
            elif data := parcel.extractfile(member):
                files[member.name] = SubmittedFile(data.read(), member.mode == _EXECUTABLE)
    yield Parcel(safe_name(path), files, notes)


def _add(parcel: tarfile.TarFile, submission: Submission, lab: str, name: str) -> None:
    """Add a file, or why there is none; then also those that could be meant as this one."""
    if _add_found(parcel, submission, f"{lab}/{name}"):
        return
    for other in other_names(name):
        _add_found(parcel, submission, f"{lab}/{other}")
    with suppress(SubmissionRefused):
        if place := submission.elsewhere(lab, name):
            parcel.addfile(_note(f"{lab}/{name}", ELSEWHERE, place))


def _add_found(parcel: tarfile.TarFile, submission: Submission, path: str) -> bool:
    """Add what there is at that path; return whether there is anything."""
    try:
        file = submission.find(path)
    except Refused as refused:
        parcel.addfile(_note(path, REFUSED, str(refused)))
        return True
    if file is None:
        return False
    member = tarfile.TarInfo(path)
    member.size, member.mode = len(file.data), _EXECUTABLE if file.executable else _PLAIN
    parcel.addfile(member, io.BytesIO(file.data))
    return True


def _note(path: str, keyword: str, text: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.pax_headers = {keyword: text}
    return member
