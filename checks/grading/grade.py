"""Grade one submission: take its path, return its report."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from checks.evidence.submission.limits import SubmissionRefused
from checks.evidence.submission.submission import open_submission, safe_name
from checks.evidence.submission.workspace import Opened, Source
from checks.grading.collected import Collected
from checks.grading.engines import Choice, Engines, Step
from checks.grading.plugin import Grading
from checks.grading.scratch import room
from checks.lab import Lab
from checks.outcomes import Report
from checks.sections import BaselineSettings


def grade(  # noqa: PLR0913 - what a grading depends on
    path: Path,
    labs: Sequence[Lab],
    choice: Choice,
    step: Step,
    collected: Collected | None = None,
    *,
    opened: Opened = open_submission,
    chosen: Collection[str] = (),
) -> Report:
    """Grade the submission at `path`, with checks that are `collected` if there are any.

    If checks are `chosen`, these and what they need; then the others are `not-run`.

    A submission that is broken or hostile as a whole fails every check, with the reason. Raise `SubmissionError` if
    there is nothing to read at that path.
    """
    try:
        with opened(path) as submission:
            return _graded(submission, labs, choice, step, collected, chosen=chosen)
    except SubmissionRefused as refused:
        return _graded(Turned(safe_name(path), refused), labs, choice, step, collected, chosen=chosen)


class Turned:
    """A submission that was refused as a whole: each access to a file raises the refusal."""

    def __init__(self, name: str, refused: SubmissionRefused) -> None:
        self.name = name
        self._refused = refused

    def find(self, _relative: str, /) -> None:
        """Raise the `SubmissionRefused` of the submission."""
        raise self._refused

    def elsewhere(self, _lab: str, _name: str, /) -> None:
        """Raise the `SubmissionRefused` of the submission."""
        raise self._refused


def _graded(  # noqa: PLR0913 - as above
    source: Source,
    labs: Sequence[Lab],
    choice: Choice,
    step: Step,
    collected: Collected | None,
    *,
    chosen: Collection[str],
) -> Report:
    """Grade and clean up; an interruption during that loses only the checks not judged yet, never the report."""
    report, topic = None, " ".join(_built(labs))
    try:
        with room() as place, Engines(choice, step, topic) as engines:
            grading = Grading(source, labs, place, engines, step, chosen=chosen)
            report = grading.run_collected(collected) if collected else grading.run()
    except KeyboardInterrupt:
        if report is None:
            raise
    return report


def _built(labs: Sequence[Lab]) -> Iterator[str]:
    """Yield the labs that a grading builds: those that are graded, and those that they are compared with."""
    for lab in labs:
        yield lab.id
        if isinstance(lab.own, BaselineSettings):
            yield lab.own.earlier.lab
