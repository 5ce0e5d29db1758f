"""Two gradings of a class side by side: for each submission, the checks whose outcome or points have changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console

from checks.outcomes import CheckResult, Report
from checks.reports.page import Page

ABSENT = "-"


@dataclass(frozen=True, slots=True)
class ChangedCheck:
    """One check of one submission, before and after; None where the grading did not have it."""

    name: str
    older: CheckResult | None
    newer: CheckResult | None


@dataclass(frozen=True, slots=True)
class Change:
    """One submission, before and after; None where the class did not have it."""

    submission: str
    older: Report | None
    newer: Report | None
    checks: tuple[ChangedCheck, ...]


def changes(older: Iterable[Report], newer: Iterable[Report]) -> Iterator[Change]:
    """Yield the submissions that have changed, by name."""
    before, after = ({report.submission: report for report in reports} for reports in (older, newer))
    for name in sorted({*before, *after}):
        change = _change(name, before.get(name), after.get(name))
        if (
            change.checks
            or None in (change.older, change.newer)
            or _final(change.older) != _final(change.newer)
        ):
            yield change


def _change(name: str, older: Report | None, newer: Report | None) -> Change:
    found = changed_checks(older, newer) if older and newer else ()
    return Change(name, older, newer, tuple(found))


def changed_checks(older: Report, newer: Report) -> Iterator[ChangedCheck]:
    """Yield the checks whose verdict is another now, in the newer report's order; those that are gone last."""
    before, after = _checks(older), _checks(newer)
    for name in dict.fromkeys((*after, *before)):
        changed = ChangedCheck(name, before.get(name), after.get(name))
        if _verdict(changed.older) != _verdict(changed.newer):
            yield changed


def _checks(report: Report) -> dict[str, CheckResult]:
    return {f"{lab.id}/{check.id}": check for lab in report.labs for check in lab.checks}


def _verdict(check: CheckResult | None) -> str:
    """Return the outcome with the points, and who set them."""
    if check is None:
        return ABSENT
    points = f"+{check.score}" if check.is_bonus else f"{check.score}/{check.max_score}"
    return f"{check.outcome} {points}{' set by a person' if check.override else ''}"


def _final(report: Report | None) -> str:
    return ABSENT if report is None else f"{report.final_score}/{report.max_score}"


def print_changes(found: Sequence[Change], console: Console) -> None:
    """Print each submission with its old and new score, and below it the checks that have changed."""
    page = Page(console)
    for change in found:
        scores = f"  {_final(change.older)} -> {_final(change.newer)}"
        page.print(page.line(change.submission, "bold"), page.line(scores))
        for check in change.checks:
            verdicts = f"  {_verdict(check.older)} -> {_verdict(check.newer)}"
            page.print("  ", page.line(check.name), page.line(verdicts, "dim"))
    page.print(page.line(f"{len(found)} {'submission' if len(found) == 1 else 'submissions'} changed", "dim"))
