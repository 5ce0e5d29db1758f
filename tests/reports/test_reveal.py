"""What an export reveals: the words of lab.yaml, and one for a whole export."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.reveal import concealed
from checks.reports.verdict import next_step
from checks.sections import Reveal

MakeReport = Callable[..., Report]


def _shown(check: CheckResult) -> tuple[str, str, str, str | None]:
    return check.expected, check.actual, check.help, check.file


@pytest.mark.parametrize(
    ("own", "whole", "shown"),
    [
        (None, None, "full"),
        ("full", None, "full"),
        ("actual-only", None, "actual-only"),
        ("none", None, "none"),
        ("none", "full", "full"),
        (None, "none", "none"),
        ("full", "actual-only", "actual-only"),
    ],
)
def test_the_whole_export_goes_before_the_check(
    own: Reveal | None, whole: Reveal | None, shown: str, report: MakeReport, failed: CheckResult
) -> None:
    made = report(failed)
    (check,) = concealed(made, {made.labs[0].id: {failed.id: own}} if own else {}, whole).checks
    full = _shown(failed)
    assert (
        _shown(check)
        == {
            "full": full,
            "actual-only": ("", full[1], "", full[3]),
            "none": ("", "", "", None),
        }[shown]
    )
    assert (check.outcome, check.score, check.title) == (failed.outcome, failed.score, failed.title)


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.NOT_RUN, Outcome.ERROR])
def test_why_there_is_no_verdict_is_always_told(
    outcome: Outcome, report: MakeReport, failed: CheckResult
) -> None:
    (check,) = concealed(report(replace(failed, outcome=outcome)), {}, "none").checks
    assert _shown(check) == _shown(failed)


def test_concealed_failures_have_no_reason_in_common(report: MakeReport, failed: CheckResult) -> None:
    several = report(failed, replace(failed, id="other", title="Another."))
    assert "2 checks ask for one command in each RUN" in next_step(several)
    assert "2 checks" not in next_step(concealed(several, {}, "none"))
