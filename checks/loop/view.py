"""What the watch shows: the next thing at the top, a line for each other, what passes folded, changes marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.page import Page
from checks.reports.reasons import Reason, print_errors, print_not_run
from checks.reports.root_cause import RootCause, failures, first_cause
from checks.reports.terminal import Sources, print_failure, print_waiting
from checks.reports.values import print_value
from checks.reports.verdict import next_step, with_outcome

SINCE = "since the last save"
JUDGED = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.BLOCKED})


@dataclass(frozen=True, slots=True)
class View:
    """A report, the one before the last save, what is at work, and the hints that were asked for.

    The report is `full` if it is about containers, too.
    """

    report: Report
    before: Report | None = None
    status: str = ""
    hints: Sequence[str] = ()
    full: bool = False

    def is_new(self, check: CheckResult) -> bool:
        """Whether the check was judged before the last save, and differently."""
        if self.before is None or check.outcome not in JUDGED:
            return False
        was = {other.id: other.outcome for other in self.before.checks}.get(check.id)
        return was in JUDGED and was is not check.outcome


def print_view(page: Page, view: View, sources: Sources) -> None:
    """Print the page."""
    cause = first_cause(view.report)
    for lab in view.report.labs:
        _print_heading(page, lab, view.status)
    if cause:
        _print_first(page, view, cause, sources)
    else:
        _print_no_failure(page, view)
    for reason in failures(view.report):
        if cause is None or reason != cause.reason:
            _print_other(page, view, reason)
    _print_folded(page, view)


def _print_heading(page: Page, lab: LabResult, status: str) -> None:
    score = f"  {lab.score}/{lab.max_score}"
    page.print(page.line(lab.title, "bold"), page.line(score, "bold"), page.line(f"  {status}", "dim"))


def _print_first(page: Page, view: View, cause: RootCause, sources: Sources) -> None:
    print_failure(page, cause.reason, sources, note=_note(view, cause.reason))
    print_waiting(page, cause.waiting)
    for number, text in enumerate(view.hints, start=1):
        print_value(page, f"hint {number}", text)
    page.print("")


def _print_no_failure(page: Page, view: View) -> None:
    report = view.report
    if view.full:
        print_not_run(page, with_outcome(report, Outcome.NOT_RUN))
    print_errors(page, with_outcome(report, Outcome.ERROR))
    page.print(page.line(next_step(report), "green"))
    page.print("")


def _print_other(page: Page, view: View, reason: Reason) -> None:
    """Print a later mistake on one line: its title is cut, since it is told in full once it is the first."""
    place = f"  {reason.place.rpartition('/')[2]}" if reason.place else ""
    rest = f"{place}{_note(view, reason)}"
    title, _ = page.cut(reason.first.title, max(20, page.width - len(rest) - 3))
    page.print(page.mark(Outcome.FAIL), " ", Text(title[: page.width]), page.line(rest, "dim"))


def _note(view: View, reason: Reason) -> str:
    return f"  new {SINCE}" if any(view.is_new(check) for check in reason.checks) else ""


def _print_folded(page: Page, view: View) -> None:
    """Print a line for each outcome that asks for nothing, and one for each check that newly passes."""
    passed = with_outcome(view.report, Outcome.PASS)
    folded = {
        Outcome.BLOCKED: "blocked",
        Outcome.NOT_RUN: "not run yet",
        Outcome.ERROR: "the grader's own fault",
    }
    for outcome, words in folded.items():
        if count := len(with_outcome(view.report, outcome)):
            page.print(page.mark(outcome), page.line(f" {_counted(count)} {words}", "dim"))
    for check in passed:
        if view.is_new(check):
            page.print(page.mark(Outcome.PASS), " ", page.line(f"{check.title}  {SINCE}", "green"))
    if passed:
        page.print(page.mark(Outcome.PASS), page.line(f" {_counted(len(passed))} passed", "dim"))


def _counted(count: int) -> str:
    return f"{count} {'check' if count == 1 else 'checks'}"
