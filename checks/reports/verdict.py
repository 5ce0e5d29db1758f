"""The last lines of a report: the score and the next step."""

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.reasons import Reason
from checks.reports.root_cause import failures, first_cause


def scores(report: Report) -> dict[str, str]:
    """Return the points of each lab, `17/20`, and the total if there are several labs."""
    lines = {lab.id: f"{lab.score}/{lab.max_score}{_bonus(lab.bonus)}" for lab in report.labs}
    if len(report.labs) > 1:
        lines["total"] = f"{report.score}/{report.max_score}{_bonus(report.bonus)}"
    if report.final_score != report.score:
        lines["after lateness"] = f"{report.final_score}/{report.max_score}{_bonus(report.bonus)}"
    return lines


def _bonus(points: int) -> str:
    """Return a note with the bonus points, if any."""
    return f", and {points} beyond" if points else ""


def with_outcome(report: Report, outcome: Outcome) -> list[CheckResult]:
    """Return the checks with this outcome, in the order of the course, except those that a person has decided."""
    return [check for check in report.checks if check.outcome is outcome and check.override is None]


def unjudged(report: Report) -> int:
    """Return the points of the checks that were not judged."""
    return sum(check.max_score for check in report.checks if check.is_open)


def next_step(report: Report) -> str:
    """Return one sentence that tells the student what to do next."""
    if first := first_cause(report):
        left = sum(not reason.first.is_bonus for reason in failures(report))
        return f"{_opening(report, left)} {_what(first.reason)}"
    if not report.checks:
        return "No lab was graded."
    if any(check.is_open for check in report.checks):
        return "Nothing to fix in what could be judged. Run the rest to see your full score."
    return "Full marks. Everything that was asked for is there. Well done!"


def _opening(report: Report, left: int) -> str:
    if left == 1:
        return "One thing to fix:"
    return "Good work so far. Next:" if report.score else "Every image starts with a first line. Start here:"


def _what(reason: Reason) -> str:
    place = f" ({reason.place})" if reason.place else ""
    several = len(reason.checks) > 1
    is_told = several and reason.first.expected  # an export may conceal it
    wanted = f"{len(reason.checks)} checks ask for {reason.first.expected}" if is_told else reason.first.title
    return f"{wanted}{place}"
