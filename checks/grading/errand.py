"""An errand: what travels to a worker, which is the submission's bytes, their digest, and the name for messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from checks.evidence.submission.archive import archive_bytes
from checks.evidence.submission.limits import DEFAULT_LIMITS
from checks.evidence.submission.parcel import pack
from checks.grading.entries import Entry
from checks.grading.on_worker import grade_archive, grade_parcel
from checks.lab import Lab


@dataclass(frozen=True, slots=True)
class Errand:
    """A function of `on_worker.py`, and what it grades: an archive as it lies, or a folder that was packed."""

    function: Callable[..., str]
    data: bytes
    name: str

    @classmethod
    def of(cls, entry: Entry, labs: Sequence[Lab]) -> "Errand":
        """Read a submission; raise `SubmissionError` or OSError for one that cannot be read, or is refused."""
        path = entry.path.resolve()
        name = entry.name if entry.masked else path.name
        if path.is_dir():
            return cls(grade_parcel, pack(path, labs), name)
        return cls(grade_archive, archive_bytes(path, DEFAULT_LIMITS), name)

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        return sha256(self.data).hexdigest()
