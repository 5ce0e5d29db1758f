"""What changed for a student since the last grading, as the page shows it: each check with another verdict now."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.outcomes import CheckResult, Report
from checks.reports.comparison import ChangedCheck, changed_checks

NEW, GONE = "new", "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """One check with another verdict than before, which is `new` or `gone` where one of the gradings lacks it."""

    title: str
    before: str
    after: str
    points: int

    @property
    def word(self) -> str:
        """The direction: `better`, `worse` or `other`."""
        return "better" if self.points > 0 else "worse" if self.points < 0 else "other"


def changes(earlier: Report | None, report: Report) -> Iterator[Change]:
    """Yield the changes in the order of the checks; none without an earlier report."""
    yield from map(_change, changed_checks(earlier, report) if earlier else ())


def _change(changed: ChangedCheck) -> Change:
    old, new = changed.older, changed.newer
    title = next(check.title for check in (new, old) if check)
    points = (new.score if new else 0) - (old.score if old else 0)
    return Change(title, _verdict(old) or NEW, _verdict(new) or GONE, points)


def _verdict(check: CheckResult | None) -> str:
    if check is None:
        return ""
    return f"{check.outcome}, set by a person" if check.override else check.outcome
