"""A class that is interrupted, resumed, graded again and compared loses nothing, and nothing is graded twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import NOT_GRADED, POINTS_MISSING
from checks.lab import ROOT
from checks.outcomes import Outcome, Report
from tests.commands.course_copy import copy_course, python
from tests.forked import run_checks
from tests.grading.results_of import LONG_AGO, date_back, moments, reports_of
from tests.grading.sample_class import LAB, RIGHT, STARTERS, write_class

pytestmark = pytest.mark.builds_lab("task1_layers")

Grade = Callable[..., Any]
OVERRIDES = f"""overrides:
  - submission: wrong-exposes-8000
    check: {LAB}/exposes-8000
    score: 1
    reason: The port is in the base image.
    date: 2026-11-24
    by: Grace
"""
DUE = f"""due:
  {LAB}: 2020-01-01T00:00:00Z
points_a_day: 1
most_points: 3
extensions:
  - submission: right-zip
    until: 2099-01-01T00:00:00Z
    reason: ill
"""


def test_a_class_of_sixty(tmp_path: Path) -> None:
    course, out = copy_course(tmp_path / "course"), tmp_path / "results"
    people = write_class(tmp_path / "class")
    words = ["-m", "checks", "grade", *map(str, people), "--static", "--lab", "Task1", "--jobs", "2"]
    command = [*words, "--out", str(out)]
    graded_at: dict[str, str] = {}
    for wanted in (5, 15, 30):
        _interrupt(course, command, out, wanted)
        reports = reports_of(out)
        assert graded_at.items() <= (graded_at := moments(reports)).items()
    (out / "overrides.yaml").write_text(OVERRIDES)
    (out / "due.yaml").write_text(DUE)
    done = python(course, *command)
    assert done.returncode == POINTS_MISSING, done.stderr
    before = reports_of(out)
    assert len(before) == len(people) >= 60
    assert graded_at.items() <= moments(before).items()
    assert not (out / "earlier").exists()
    _look_right(before)

    _change_a_check(course)
    done = python(course, *command)
    assert done.returncode == POINTS_MISSING, done.stderr
    after = reports_of(out)
    assert len(list((out / "earlier").iterdir())) == len(after) == len(people)
    assert {report.course for report in after.values()}.isdisjoint(one.course for one in before.values())
    _look_changed(before, after)
    compared = python(course, "-m", "checks", "compare", str(out))
    assert compared.returncode == 1
    assert f"{LAB}/exposes-8000  pass 1/1 -> fail 0/1" in compared.stdout
    assert "wrong-exposes-8000" not in compared.stdout


def _look_right(reports: Mapping[str, Report]) -> None:
    assert {reports[name].score for name in RIGHT} == {14}
    assert {reports[name].score for name in STARTERS} == {0}
    assert not any(check.outcome is Outcome.ERROR for report in reports.values() for check in report.checks)
    assert {report.score for name, report in reports.items() if name.startswith("broken-")} == {0}
    assert reports["hostile-conftest"].score == reports["hostile-lab"].score == 14
    assert {reports[name].final_score for name in RIGHT} == {11, 14}
    assert reports["right-zip"].final_score == 14
    assert reports["wrong-exposes-8000"].score == 14
    origins = {(report.course is not None, report.digest[:7]) for report in reports.values()}
    assert origins == {(True, "sha256:")}


def _look_changed(before: Mapping[str, Report], after: Mapping[str, Report]) -> None:
    """The check fails now; the score that a person has set, and the longer time, are still there."""
    assert {after[name].score for name in RIGHT} == {13}
    assert after["right-zip"].final_score == 13
    override = next(check for check in after["wrong-exposes-8000"].checks if check.override)
    assert (override.score, override.outcome) == (1, Outcome.FAIL)
    for name, report in after.items():
        others = zip(before[name].checks, report.checks, strict=True)
        assert all(old.score == new.score for old, new in others if new.id != "exposes-8000")


def _change_a_check(course: Path) -> None:
    module = course / "checks" / f"check_{LAB}.py"
    text = module.read_text()
    changed = text.replace("expect.exposes(stage, lab.port)", "expect.exposes(stage, lab.port + 1)")
    assert changed != text
    module.write_text(changed)


def _interrupt(course: Path, command: list[str], out: Path, wanted: int) -> None:
    """Run until there are so many results, and interrupt; it must end by itself, and say how to go on."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=course,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(list(out.glob("*.json"))) < wanted:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == NOT_GRADED, said
    assert "the same command" in said
    assert "goes on from there" in said
    assert "Traceback" not in said


def test_an_interrupted_regrade_goes_on_without_being_told_again(tmp_path: Path) -> None:
    people = write_class(tmp_path / "class")[:12]
    out, said = tmp_path / "out", tmp_path / "said"
    command = ["-m", "checks", "grade", *map(str, people), "--static", "--lab", "Task1", "--out", str(out)]
    run_checks(command[2:], said)
    date_back(out)
    _interrupt(ROOT, [*command, "--regrade", "all"], out / "earlier", 3)
    run_checks(command[2:], said)
    reports = reports_of(out)
    assert len(reports) == 12
    # The one that was being written down when the signal came may be graded once more.
    assert 12 <= len(list((out / "earlier").iterdir())) <= 13
    assert LONG_AGO not in moments(reports).values()
    assert not (out / "regrade.txt").exists()
