"""How much of a failure an export reveals, so that an instructor can keep a solution out of students' sight.

`full` shows everything, `actual-only` leaves out what was expected and the help, `none` leaves the outcome and
the points. The reason why a check came to no verdict is always shown, since it is not about the student's work.
"""

from collections.abc import Mapping
from dataclasses import replace

from checks.outcomes import CheckResult, Outcome, Report
from checks.sections import Reveal

Reveals = Mapping[str, Mapping[str, Reveal]]
"""What each lab's lab.yaml says, by the ids of lab and check; what is missing is `full`."""


def concealed(report: Report, reveals: Reveals, whole: Reveal | None = None) -> Report:
    """Return the report with no more than is to be revealed; `whole` counts for every check, if given."""
    labs = tuple(
        replace(
            lab,
            checks=tuple(
                _concealed(check, whole or reveals.get(lab.id, {}).get(check.id, "full"))
                for check in lab.checks
            ),
        )
        for lab in report.labs
    )
    return replace(report, labs=labs)


def _concealed(check: CheckResult, reveal: Reveal) -> CheckResult:
    if check.outcome not in {Outcome.PASS, Outcome.FAIL} or reveal == "full":
        return check
    shown = replace(check, expected="", help="")
    return shown if reveal == "actual-only" else replace(shown, actual="", file=None, line=None)
