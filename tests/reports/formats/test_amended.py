"""What people and the calendar change about a grade counts in every export."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from checks.amendments import Lateness, Override
from checks.outcomes import CheckResult, Outcome, Report
from tests.reports.formats.test_schemas import validated

Export = Callable[..., Mapping[str, str]]
MakeReport = Callable[..., Report]
LATE = Lateness("2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "the roster", 1, 1)


@pytest.fixture
def forgiven(report: MakeReport, failed: CheckResult) -> Report:
    """A failure and a fault of ours to which a person has given all points, and a day of lateness."""
    given = [
        replace(
            failed,
            id=outcome.value,
            outcome=outcome,
            score=2,
            override=Override(2, 0, "a typo", "2026-11-25"),
        )
        for outcome in (Outcome.FAIL, Outcome.ERROR)
    ]
    made = report(*given, submission="ada lovelace")
    return replace(made, labs=(replace(made.labs[0], late=LATE),))


def test_a_person_has_the_last_word(forgiven: Report, export: Export) -> None:
    gradescope = validated("gradescope", export("gradescope", forgiven))
    assert [(test["status"], test["score"]) for test in gradescope["tests"]] == [("passed", 2)] * 2
    assert all(test["passed"] for test in validated("classroom50", export("classroom50", forgiven))["tests"])
    prairielearn = validated("prairielearn", export("prairielearn", forgiven))
    assert (prairielearn["gradable"], prairielearn["score"]) == (True, 1)
    assert validated("exercism", export("exercism", forgiven))["status"] == "pass"
    assert validated("gitlab", export("gitlab", forgiven)) == []
    assert validated("sarif", export("sarif", forgiven))["runs"][0]["results"] == []
    assert export("github", forgiven)["annotations.txt"] == ""


def test_a_learning_platform_gets_the_points_after_lateness(forgiven: Report, export: Export) -> None:
    _, ada, _ = csv.reader(export("moodle-csv", forgiven)["worksheet.csv"].splitlines())
    assert ada[4] == "3.00"
    assert "1 day late, 1 point less" in ada[7]
    *_, canvas, _ = csv.reader(
        export("canvas-csv", replace(forgiven, submission="ada"))["gradebook.csv"].splitlines()
    )
    assert canvas[5] == "3"


def test_the_class_page_says_both(forgiven: Report, export: Export) -> None:
    text = export("html", forgiven)["index.html"]
    assert "3 after lateness" in text
    assert "0 became 2 on 2026-11-25: a typo" in text
    assert "1 day late, 1 point less" in text
