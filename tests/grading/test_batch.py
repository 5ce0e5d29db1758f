"""What is graded again, and what is kept: by submission, course, engine, and what the instructor asks for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import WRONG_USAGE
from checks.outcomes import Outcome
from tests.forked import run_checks
from tests.grading.results_of import LONG_AGO, date_back, moments
from tests.grading.sample_class import LAB, write_class

pytestmark = pytest.mark.builds_lab("task1_layers")

Grade = Callable[..., Any]


def _altered(submission: Path) -> None:
    (submission / LAB / "Dockerfile").write_text("FROM ubuntu:20.04\n")


def _untouched(_submission: Path) -> None: ...


def _beside(submission: Path) -> None:
    (submission / "notes.txt").write_text("this is no file of the lab")


@pytest.mark.parametrize(
    ("change", "words", "graded_again"),
    [
        (_untouched, (), set()),
        (_untouched, ("--resume",), set()),
        (_beside, (), set()),
        (_altered, (), {"ada"}),
        (_untouched, ("--regrade", "bob"), {"bob"}),
        (_altered, ("--regrade", "bob"), {"ada", "bob"}),
        (_untouched, ("--regrade", "all"), {"ada", "bob"}),
    ],
)
def test_what_is_graded_again(
    grade: Grade,
    submission: Path,
    change: Callable[[Path], None],
    words: tuple[str, ...],
    graded_again: set[str],
) -> None:
    other, out = submission.parent / "bob", submission.parent / "out"
    (other / LAB).mkdir(parents=True)
    before = grade(submission, other, "--static").reports
    date_back(out)
    change(submission)
    after = grade(submission, other, "--static", *words).reports
    assert {name for name in after if after[name].graded_at != LONG_AGO} == graded_again
    assert {path.name for path in (out / "earlier").glob("*")} == {
        f"{name}.2026-01-01T000000Z.json" for name in graded_again
    }
    assert before.keys() == after.keys()


def test_a_lab_is_not_lost_to_another(grade: Grade, submission: Path) -> None:
    before = grade(submission, "--static").reports["ada"]
    graded = grade(submission, "--static", lab="Task2")
    assert (graded.status, graded.reports["ada"]) == (WRONG_USAGE, before)
    assert f"Add --lab {LAB}, name another --out" in graded.complaint
    both = grade(submission, "--static", "--lab", "Task2").reports["ada"]
    assert len(both.labs) == 2
    assert len(grade(submission, "--static", "--regrade", "all").reports["ada"].labs) == 1


@pytest.mark.parametrize("text", ["", "{", "{}", "null"])
def test_a_result_that_is_no_report_is_graded_again(
    grade: Grade, submission: Path, tmp_path: Path, text: str
) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ada.json").write_text(text)
    assert grade(submission, tmp_path / "bob", "--static").reports.keys() == {"ada", "bob"}


def test_an_error_of_ours_is_tried_again(grade: Grade, submission: Path, tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    grade(submission, tmp_path / "bob", "--static")
    path = tmp_path / "out" / "ada.json"
    path.write_text(path.read_text().replace('"outcome": "fail"', '"outcome": "error"', 1))
    report = grade(submission, tmp_path / "bob", "--static").reports["ada"]
    assert Outcome.ERROR not in {check.outcome for check in report.checks}


def test_the_gradebook_keeps_those_who_are_not_graded_now(
    grade: Grade, submission: Path, tmp_path: Path
) -> None:
    (tmp_path / "bob").mkdir()
    grade(submission, tmp_path / "bob", "--static")
    grade(submission, "--static")
    rows = (tmp_path / "out" / "gradebook.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["submission", "ada", "bob"]


def test_a_class_with_an_engine_is_kept(grade: Grade, engine: object, tmp_path: Path) -> None:
    assert engine
    people = write_class(tmp_path / "class")[:2]
    before = grade(*people).reports
    after = grade(*people).reports
    assert all(report.complete for report in before.values())
    assert moments(before) == moments(after)
    assert {report.engine.store for report in after.values()}.isdisjoint({""})


def test_a_name_that_nobody_has_cannot_be_graded_again(grade: Grade, submission: Path) -> None:
    graded = grade(submission, "--static", "--regrade", "adda")
    assert graded.status == WRONG_USAGE
    assert "did you mean ada?" in graded.complaint
    assert not graded.reports


def test_that_is_told_without_a_folder_of_results_too(submission: Path, tmp_path: Path) -> None:
    words = ["grade", str(submission), "--lab", "Task1", "--static", "--regrade", "adda"]
    done = run_checks(words, tmp_path / "said")
    assert (done.status, "did you mean ada?" in done.stderr) == (WRONG_USAGE, True)


def test_one_that_is_graded_alone_waits_no_longer(grade: Grade, submission: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    waiting = tmp_path / "out" / "regrade.txt"
    waiting.write_text("ada\nbob\n")
    grade(submission, "--static")
    assert waiting.read_text() == "bob\n"
