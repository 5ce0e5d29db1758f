"""What people and the calendar change about a grade: a score that a person sets, and points for days of lateness.

The checks' own verdicts stay in the report beside them, so that each change can be taken back.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Override:
    """A score that a person has set for a check; `graded` is the one that the check gave. `date` is ISO 8601."""

    score: int
    graded: int
    reason: str
    date: str
    by: str = ""

    @property
    def sentence(self) -> str:
        """The change, its reason and its author, for a person who reads the report."""
        author = f" by {self.by}" if self.by else ""
        return f"{self.graded} became {self.score} on {self.date}{author}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the work on a lab came in, and the points that this costs; `due` has the extension in it, if any.

    Both times are ISO 8601 with an offset. `source` says whose time `submitted` is. `days` are begun days, 0 for
    work on time.
    """

    due: str
    submitted: str
    source: str
    days: int
    points: int
    extension: str = ""

    @property
    def sentence(self) -> str:
        """How late the work came, measured against what, and what it costs."""
        days = f"{self.days} {'day' if self.days == 1 else 'days'} late" if self.days else "on time"
        points = f"{self.points} {'point' if self.points == 1 else 'points'} less"
        cost = f", {points}" if self.points else ""
        extension = f", extended: {self.extension}" if self.extension else ""
        return f"{days}{cost} (due {self.due}{extension}; came {self.submitted}, by {self.source})"
