"""The exit statuses of this program; other programs rely on them."""

from collections.abc import Iterable

from checks.outcomes import Outcome, Report

FULL_MARKS, POINTS_MISSING, WRONG_USAGE, NOT_GRADED = range(4)


def status_of(reports: Iterable[Report], *, static: bool) -> int:
    """Return 0 for full marks everywhere, 1 if points are missing, 3 if something could not be graded.

    With `--static`, checks that need an engine were not asked for, so they are ignored if they were not run. A
    static check that was not run was interrupted.
    """
    checks = [check for report in reports for check in report.checks]
    asked = [check for check in checks if not (static and check.waits_for_engine)]
    outcomes = {check.outcome for check in asked}
    if outcomes & {Outcome.ERROR, Outcome.NOT_RUN} or not outcomes:
        return NOT_GRADED
    required = {check.outcome for check in asked if not check.is_bonus}
    return POINTS_MISSING if required & {Outcome.FAIL, Outcome.BLOCKED} else FULL_MARKS
