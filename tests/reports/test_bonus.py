"""A bonus is shown, and counted apart from what a lab is worth."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from checks.commands.status import FULL_MARKS, NOT_GRADED, POINTS_MISSING, status_of
from checks.grading.check import check, spec_of
from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.json_v1 import dump, load
from checks.reports.verdict import next_step, scores

REQUIRED = CheckResult("builds", "It builds.", "container", Outcome.PASS, 2, 2)
WON = CheckResult("is-monitored", "It is watched.", "container", Outcome.PASS, 2, 0)
NOT_WON = replace(WON, outcome=Outcome.FAIL, score=0, expected="a service", actual="there is none")
MISSED = replace(REQUIRED, outcome=Outcome.FAIL, score=0, expected="an image", actual="none")

MakeReport = Callable[..., Report]


def test_its_points_are_apart(report: MakeReport) -> None:
    made = report(REQUIRED, WON)
    assert (made.score, made.max_score, made.bonus) == (2, 2, 2)
    assert list(scores(made).values()) == ["2/2, and 2 beyond"]


def test_it_makes_up_for_no_mistake(report: MakeReport) -> None:
    made = report(MISSED, WON)
    assert (made.score, made.max_score) == (0, 2)
    assert status_of([made], static=False) == POINTS_MISSING


def test_without_it_there_are_full_marks(report: MakeReport) -> None:
    made = report(REQUIRED, NOT_WON)
    assert status_of([made], static=False) == FULL_MARKS
    assert next_step(made).startswith("Full marks")


def test_a_fault_of_ours_in_it_is_told(report: MakeReport) -> None:
    made = report(REQUIRED, replace(NOT_WON, outcome=Outcome.ERROR))
    assert status_of([made], static=False) >= NOT_GRADED


@pytest.mark.parametrize("bonus", [WON, NOT_WON])
def test_it_is_written_and_read_back_without_a_new_key(report: MakeReport, bonus: CheckResult) -> None:
    made = report(REQUIRED, bonus)
    assert load(dump(made)) == made


@pytest.mark.parametrize(("bonus", "shown"), [(WON, "+2"), (NOT_WON, "+0")])
def test_it_is_shown_as_what_it_adds(
    report: MakeReport, printed: Callable[[Report], str], bonus: CheckResult, shown: str
) -> None:
    assert shown in printed(report(REQUIRED, bonus))


def test_a_check_can_be_a_bonus() -> None:
    @check(points=3, bonus=True)
    def check_it() -> None:
        """It does."""

    assert (spec_of(check_it).points, spec_of(check_it).max_score) == (3, 0)
