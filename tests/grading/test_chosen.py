"""`--check` grades the checks that it names, with what they need; that is a look, and never replaces a result."""

from pathlib import Path

import pytest

from checks.commands.status import FULL_MARKS, POINTS_MISSING, WRONG_USAGE
from checks.grading.check import behind_needs
from checks.grading.plugin import NOT_CHOSEN
from checks.lab import ROOT
from checks.outcomes import Outcome
from tests.grading.conftest import Grade

SOLUTIONS = ROOT / "solutions"


def judged(reports: Grade, *words: str | Path) -> tuple[int, dict[str, Outcome]]:
    """The exit status, and what came of the checks that were chosen, or needed."""
    done = reports(*words, "--static")
    (report,) = done.reports.values()
    assert not report.complete
    return done.status, {check.id: check.outcome for check in report.checks if check.actual != NOT_CHOSEN}


def test_one_alone(grade: Grade) -> None:
    status, found = judged(grade, SOLUTIONS, "--check", "exposes-8000")
    assert found == {"exposes-8000": Outcome.PASS}
    assert status == FULL_MARKS


def test_several(grade: Grade, submission: Path) -> None:
    status, found = judged(grade, submission, "--check", "exposes-8000", "--check=works-in-server")
    assert found == {"works-in-server": Outcome.PASS, "exposes-8000": Outcome.FAIL}
    assert status == POINTS_MISSING


def test_what_it_needs_is_judged_too() -> None:
    needs = {"a": ["d"], "b": [], "c": ["a", "d"], "d": []}
    assert behind_needs(needs, {"c"}) == ["d", "a", "c"]
    assert behind_needs(needs, {"b", "d"}) == ["b", "d"]


def test_what_it_needs_can_fail(grade: Grade, submission: Path) -> None:
    (submission / "task1_layers" / "Dockerfile").write_text("FRM ubuntu:20.04\n")
    _, found = judged(grade, submission, "--check", "serves-hello-world")
    assert found == {"builds": Outcome.FAIL, "serves-hello-world": Outcome.NOT_RUN}  # no engine was asked for


def test_a_check_that_is_not_there(grade: Grade, submission: Path) -> None:
    done = grade(submission, "--check", "exposes-800")
    assert done.status == WRONG_USAGE
    assert "task1_layers has no such check" in done.complaint
    assert "did you mean exposes-8000?" in done.complaint
    assert not done.reports


@pytest.mark.parametrize(
    "more", [(SOLUTIONS,), ("--scheduler", "tcp://127.0.0.1:1"), ("--pseudonyms", "key"), ("--lab", "Task2")]
)
def test_a_class_is_graded_by_all(grade: Grade, submission: Path, more: tuple[str | Path, ...]) -> None:
    (submission.parent / "key").write_text("a long secret that nobody guesses, of many characters")
    words = [submission.parent / word if word == "key" else word for word in more]
    done = grade(submission, *words, "--check", "builds")
    assert done.status == WRONG_USAGE
    assert "one SUBMISSION" in done.complaint


@pytest.mark.parametrize("again", [(), ("--regrade", "all")])
def test_a_result_is_not_replaced_by_some_checks_of_it(
    grade: Grade, submission: Path, again: tuple[str, ...]
) -> None:
    grade(submission, "--static")
    done = grade(submission, "--static", "--check", "exposes-8000", *again)
    assert done.status == WRONG_USAGE
    assert "Leave out --out" in done.complaint
    assert NOT_CHOSEN not in {check.actual for check in done.reports["ada"].checks}


def test_the_next_grading_judges_the_others(grade: Grade, submission: Path) -> None:
    grade(submission, "--static", "--check", "exposes-8000")
    done = grade(submission, "--static")
    assert done.check("works-in-server").outcome is Outcome.PASS
