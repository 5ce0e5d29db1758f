"""The last lines of a report: the score, and the one thing to do next."""

from checks.outcomes import Outcome, Report
from checks.reports.reasons import Reason, reasons


def scores(report: Report) -> dict[str, str]:
    """Each lab with its points, `17/20`; a total when there are several."""
    lines = {lab.id: f"{lab.score}/{lab.max_score}{_bonus(lab.bonus)}" for lab in report.labs}
    if len(report.labs) > 1:
        lines["total"] = f"{report.score}/{report.max_score}{_bonus(report.bonus)}"
    return lines


def _bonus(points: int) -> str:
    """What was won beyond the maximum, apart from it."""
    return f", and {points} beyond" if points else ""


def unjudged(report: Report) -> int:
    """Points of the checks that came to no verdict."""
    open_outcomes = {Outcome.NOT_RUN, Outcome.ERROR}
    return sum(check.max_score for check in report.checks if check.outcome in open_outcomes)


def next_step(report: Report) -> str:
    """One sentence that a student can act on."""
    failed = reasons(check for check in report.checks if check.outcome is Outcome.FAIL and not check.is_bonus)
    if failed:
        return f"{_opening(report, len(failed))} {_what(failed[0])}"
    if not report.checks:
        return "No lab was graded."
    if not report.complete:
        return "Nothing to fix in what could be judged. Run the rest to see your full score."
    return "Full marks. Everything that was asked for is there. Well done!"


def _opening(report: Report, left: int) -> str:
    if left == 1:
        return "One thing to fix:"
    return "Good work so far. Next:" if report.score else "Every image starts with a first line. Start here:"


def _what(reason: Reason) -> str:
    place = f" ({reason.place})" if reason.place else ""
    several = len(reason.checks) > 1
    wanted = f"{len(reason.checks)} checks ask for {reason.first.expected}" if several else reason.first.title
    return f"{wanted}{place}"
