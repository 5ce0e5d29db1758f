"""The exit statuses of this program; other programs rely on them."""

from collections.abc import Collection, Iterable

from checks.outcomes import CheckResult, Outcome, Report

FULL_MARKS, POINTS_MISSING, WRONG_USAGE, NOT_GRADED = range(4)


def status_of(reports: Iterable[Report], *, static: bool, chosen: Collection[str] = ()) -> int:
    """Return 0 for full marks everywhere, 1 if points are missing, 3 if something could not be graded.

    With `--static`, checks that need an engine were not asked for, so they are ignored if they were not run. A
    static check that was not run was interrupted. If checks are `chosen`, only they count; the grader's own fault
    is a check without points, and counts always.
    """
    checks = [
        check
        for report in reports
        for check in report.checks
        if not chosen or check.id in chosen or check.outcome is Outcome.ERROR
    ]
    asked = [check for check in checks if not (static and check.waits_for_engine)]
    if not asked or any(check.is_open for check in asked):
        return NOT_GRADED
    return POINTS_MISSING if any(_misses_points(check) for check in asked) else FULL_MARKS


def _misses_points(check: CheckResult) -> bool:
    """Whether the lab asks for the check, and it did not pass; where a person has set a score, that counts."""
    if check.override is not None:
        return check.score < check.max_score
    return not check.is_bonus and check.outcome in {Outcome.FAIL, Outcome.BLOCKED}
