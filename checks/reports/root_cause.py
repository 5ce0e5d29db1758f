"""The first root cause of a report: the mistake to mend next, and the checks that wait for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.reasons import Reason, reasons


@dataclass(frozen=True, slots=True)
class RootCause:
    """A reason why checks fail, and the checks that are blocked by one of these, directly or not."""

    reason: Reason
    waiting: tuple[CheckResult, ...]


def failures(report: Report) -> list[Reason]:
    """Return the reasons of all failed checks that a person has not decided, in the order of the course."""
    return reasons(check for check in report.checks if check.costs_points)


def first_cause(report: Report) -> RootCause | None:
    """Return the first reason in the order of the course; a bonus is no cause, since it need not be won."""
    for reason in failures(report):
        if not reason.first.is_bonus:
            return RootCause(reason, tuple(_waiting(report, reason)))
    return None


def _waiting(report: Report, reason: Reason) -> Iterator[CheckResult]:
    """Yield the blocked checks whose chain of blockers ends at a check of this reason."""
    for lab in report.labs:
        for check in lab.checks:
            root = _root(lab, check)
            if root is not check and any(root is failed for failed in reason.checks):
                yield check


def _root(lab: LabResult, check: CheckResult) -> CheckResult:
    """Follow a check's blockers to the first that is not blocked itself."""
    by_id = {other.id: other for other in lab.checks}
    seen = {check.id}
    while check.blocked_by in by_id and check.blocked_by not in seen:
        seen.add(check.blocked_by)
        check = by_id[check.blocked_by]
    return check
