"""What changed for a student since the last grading: the checks whose outcome is another now."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.outcomes import CheckResult, Outcome, Report


@dataclass(frozen=True, slots=True)
class Change:
    """One check with another outcome than before; `before` is None for a check that was not there."""

    title: str
    before: Outcome | None
    after: Outcome
    points: int

    @property
    def word(self) -> str:
        """The direction: `better`, `worse` or `other`."""
        return "better" if self.points > 0 else "worse" if self.points < 0 else "other"


def changes(earlier: Report | None, report: Report) -> Iterator[Change]:
    """Yield the changes in the order of the checks; none without an earlier report."""
    if earlier is None:
        return
    before = {(lab.id, check.id): check for lab in earlier.labs for check in lab.checks}
    for lab in report.labs:
        for check in lab.checks:
            old = before.get((lab.id, check.id))
            if old is None or (old.outcome, old.score) != (check.outcome, check.score):
                yield _change(old, check)


def _change(old: CheckResult | None, new: CheckResult) -> Change:
    points = new.score - (old.score if old else 0)
    return Change(new.title, old.outcome if old else None, new.outcome, points)
