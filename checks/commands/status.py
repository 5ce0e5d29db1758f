"""What the exit status of this program means; other programs rely on it."""

from collections.abc import Iterable

from checks.outcomes import CheckResult, Outcome, Report

FULL_MARKS, POINTS_MISSING, WRONG_USAGE, NOT_GRADED = range(4)


def status_of(reports: Iterable[Report], *, static: bool) -> int:
    """0 full marks everywhere; 1 some points missing; 3 something could not be graded.

    Under `--static` what needs an engine was not asked for, so that it was not run counts for nothing; a
    static check that was not run was interrupted.
    """
    checks = [check for report in reports for check in report.checks]
    asked = [check for check in checks if not (static and _waits_for_an_engine(check))]
    outcomes = {check.outcome for check in asked}
    if outcomes & {Outcome.ERROR, Outcome.NOT_RUN} or not outcomes:
        return NOT_GRADED
    required = {check.outcome for check in asked if not check.is_bonus}
    return POINTS_MISSING if required & {Outcome.FAIL, Outcome.BLOCKED} else FULL_MARKS


def _waits_for_an_engine(check: CheckResult) -> bool:
    """Whether it was not run for want of one; what Docker refuses to read fails without."""
    return check.kind == "container" and check.outcome == Outcome.NOT_RUN
