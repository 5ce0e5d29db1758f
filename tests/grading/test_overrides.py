"""A score that a person sets is shown as such, counts, stays over regrades, and can be taken back."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.amendments import Override
from checks.commands.status import FULL_MARKS, POINTS_MISSING, WRONG_USAGE, status_of
from checks.grading.overrides import FILE
from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report

pytestmark = pytest.mark.slow

Grade = Callable[..., Any]
CHECK = "task1_layers/pip-is-installed"
ONE = f"""overrides:
  - submission: ada
    check: {CHECK}
    score: 1
    reason: Installed by the base image.
    date: 2026-11-24
"""


@pytest.fixture
def graded_with(grade: Grade, submission: Path) -> Callable[..., Any]:
    """`graded_with(text, *words)`: a class of two, graded with this text in overrides.yaml."""
    (submission.parent / "bob").mkdir()
    out = submission.parent / "out"
    out.mkdir()

    def call(text: str, *words: str) -> Any:
        (out / FILE).write_text(text)
        return grade(submission, submission.parent / "bob", "--static", *words)

    return call


def _points(report: Report) -> tuple[int, int, Outcome]:
    check = next(check for check in report.checks if check.id == "pip-is-installed")
    return report.score, check.score, check.outcome


def test_it_counts_over_regrades_and_is_taken_back(graded_with: Callable[..., Any]) -> None:
    none = graded_with("overrides: []\n").reports
    assert _points(none["ada"]) == (2, 0, Outcome.FAIL)
    for words in ((), ("--regrade", "all"), ("--regrade", "ada")):
        some = graded_with(ONE, *words).reports
        assert _points(some["ada"]) == (3, 1, Outcome.FAIL)
        assert _points(some["bob"]) == _points(none["bob"])
    assert _points(graded_with("overrides: []\n").reports["ada"]) == (2, 0, Outcome.FAIL)


def test_it_is_shown_as_such(graded_with: Callable[..., Any], grade: Grade, submission: Path) -> None:
    graded_with(ONE)
    with (submission.parent / "out" / "gradebook.csv").open(newline="") as book:
        rows = {row["submission"]: row for row in csv.DictReader(book)}
    assert rows["ada"][CHECK] == "1"
    assert rows["ada"]["set_by_a_person"] == CHECK
    assert rows["bob"]["set_by_a_person"] == ""
    shown = grade(submission, "--static").shown
    assert "1/1 (set)" in shown
    assert "0 became 1 on 2026-11-24: Installed by the base image." in " ".join(shown.split())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("ada", "adda"), "yaml:2: there is no submission `adda`; did you mean ada?"),
        ((CHECK, "task1_layers/pip"), "there is no check `task1_layers/pip`"),
        ((CHECK, "pip-is-installed"), f"there is no check `pip-is-installed`; did you mean {CHECK}?"),
        ((CHECK, "task9/pip-is-installed"), "there is no check `task9/pip-is-installed`"),
        (("score: 1", "score: 2"), f"`{CHECK}` has 0 to 1 points, and 2 is none of these"),
        (("score: 1", "score: -1"), "-1 is none of these"),
        (("score: 1", "score: much"), "yaml:4: `overrides[0].score` is text"),
        (("2026-11-24", "yesterday"), "yaml:6: `overrides[0].date` is text"),
        (("    reason: Installed by the base image.\n", ""), "`overrides[0].reason` is missing"),
        (("overrides:\n", "overides:\n"), "did you mean overrides?"),
        (("overrides:\n", f"{ONE}"), "has a score already, above"),
    ],
)
def test_a_mistake_in_the_file_is_told_before_anything_is_graded(
    graded_with: Callable[..., Any], change: tuple[str, str], said: str
) -> None:
    graded = graded_with(ONE.replace(*change))
    assert graded.status == WRONG_USAGE
    assert said in graded.complaint
    assert "Traceback" not in graded.complaint
    assert not graded.reports


def test_a_score_of_a_lab_that_is_not_graded_now_is_left_alone(graded_with: Callable[..., Any]) -> None:
    other = ONE.replace("task1_layers/pip-is-installed", "task2_caching/builds")
    assert graded_with(other).status == POINTS_MISSING


@pytest.mark.parametrize(
    ("outcome", "score", "status"),
    [
        (Outcome.FAIL, 2, FULL_MARKS),
        (Outcome.FAIL, 1, POINTS_MISSING),
        (Outcome.ERROR, 2, FULL_MARKS),
        (Outcome.NOT_RUN, 2, FULL_MARKS),
        (Outcome.BLOCKED, 0, POINTS_MISSING),
        (Outcome.PASS, 1, POINTS_MISSING),
    ],
)
def test_the_exit_status_heeds_it(outcome: Outcome, score: int, status: int) -> None:
    override = Override(score, 0, "It is right after all.", "2026-11-24")
    check = CheckResult("builds", "It builds.", "container", outcome, score, 2, override=override)
    report = Report("ada", "2026-11-24T10:00:00Z", EngineUsed(), (LabResult("lab", "Lab", (check,)),))
    assert status_of([report], static=False) == status
