"""What is graded again, and what is kept: by submission, course, engine, and what the instructor asks for."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import WRONG_USAGE
from checks.grading.batch import Batch
from checks.grading.engines import Choice
from checks.grading.entries import Entry
from checks.grading.results import Results
from checks.lab import load_lab
from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports.folder import write_report
from tests.forked import run_checks
from tests.grading.results_of import LONG_AGO, date_back, moments
from tests.grading.sample_class import LAB, write_class

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

Grade = Callable[..., Any]

LABS = [load_lab(LAB)]
EMBEDDED = EngineUsed("embedded", "1", "stand-in", "overlay2")


@dataclass
class PoolOfOne:
    """Grades without grading: each check comes to the outcome that is asked for, on the engine of today."""

    outcomes: Sequence[Outcome] = (Outcome.PASS, Outcome.PASS)
    engine: EngineUsed = EMBEDDED
    choice: Choice = "auto"
    meanwhile: Callable[[], object] = str

    def engines(self) -> Sequence[EngineUsed]:
        return [replace(self.engine, bases="none")]

    def reports(self, entries: Sequence[Entry]) -> Generator[Report, None, None]:
        self.meanwhile()
        static, container = self.outcomes
        checks = (
            CheckResult("task1.a", "A", "static", static, 0, 5),
            CheckResult("task1.b", "B", "container", container, 0, 5),
        )
        for entry in entries:
            yield Report(entry.name, LONG_AGO, self.engine, (LabResult(LAB, "Task 1", checks),))


@dataclass
class Folder:
    """The results of one submission, graded by one pool after the other."""

    submission: Path
    said: list[str] = field(default_factory=list)

    def is_kept(self, pool: PoolOfOne) -> bool:
        """Whether the result of the run before stays."""
        out = self.submission.parent / "out"
        batch = Batch([Entry("ada", self.submission)], LABS, pool, Results(out), note=self.said.append)
        kept = list(batch.kept())
        for report in batch.graded(kept):
            write_report(report, out)
        return bool(kept)


def test_what_is_replaced_while_it_is_graded_is_graded_again(submission: Path) -> None:
    folder = Folder(submission)
    folder.is_kept(PoolOfOne(meanwhile=lambda: _altered(submission)))
    assert not folder.is_kept(PoolOfOne())
    assert folder.is_kept(PoolOfOne())


@pytest.mark.parametrize(
    ("static", "container", "engine", "is_kept"),
    [
        (Outcome.PASS, Outcome.FAIL, EMBEDDED, True),
        (Outcome.PASS, Outcome.NOT_RUN, EngineUsed(), True),
        (Outcome.PASS, Outcome.NOT_RUN, EMBEDDED, False),
        (Outcome.NOT_RUN, Outcome.NOT_RUN, EngineUsed(), False),
    ],
)
def test_what_is_unfinished_is_tried_again(
    submission: Path, static: Outcome, container: Outcome, engine: EngineUsed, *, is_kept: bool
) -> None:
    """On an engine a check is not run where the network is away, and a static one where Ctrl-C comes before it."""
    folder, pool = Folder(submission), PoolOfOne((static, container), engine)
    folder.is_kept(pool)
    assert folder.is_kept(pool) is is_kept


@pytest.mark.parametrize(
    ("today", "choice", "is_kept"),
    [
        (EngineUsed(), "auto", True),
        (EngineUsed(), "none", False),
        (replace(EMBEDDED, version="2"), "auto", False),
    ],
)
def test_where_the_engine_is_away_what_was_judged_on_one_stays(
    submission: Path, today: EngineUsed, choice: Choice, *, is_kept: bool
) -> None:
    folder = Folder(submission)
    folder.is_kept(PoolOfOne())
    assert folder.is_kept(PoolOfOne(engine=today, choice=choice)) is is_kept
    assert any("no engine is there" in line for line in folder.said) is is_kept


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
