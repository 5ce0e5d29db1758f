"""The lines of a submission's files, for the excerpts of a report."""

from collections.abc import Callable, Sequence
from pathlib import Path

from checks.evidence.refused import Refused, SubmissionError
from checks.evidence.submission import open_submission


def lines_of(path: Path) -> Callable[[str], Sequence[str] | None]:
    """Look up a file of the submission at `path`; None for one that is not there or cannot be shown."""

    def lines(file: str) -> Sequence[str] | None:
        try:
            with open_submission(path) as submission:
                data = submission.read(file)
        except (Refused, SubmissionError):
            return None
        return None if data is None else data.decode("utf-8-sig", errors="replace").split("\n")

    return lines
