"""Fixtures for the grading tests: the engine that grading uses, and the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.outcomes import CheckResult, Report
from checks.reports import json_v1
from tests.forked import SECONDS, run_checks


@dataclass(frozen=True)
class Graded:
    """What a call of `grade` gave."""

    status: int
    shown: str
    complaint: str
    reports: dict[str, Report]

    def check(self, check_id: str) -> CheckResult:
        """One check of the one submission."""
        (report,) = self.reports.values()
        return next(check for check in report.checks if check.id == check_id)


Grade = Callable[..., Graded]


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """`python -m checks grade ... --lab Task1`, away from the project's own directory."""

    def call(*words: str | Path, lab: str = "Task1", seconds: float = SECONDS) -> Graded:
        out = tmp_path / "out"
        command = ["grade", *map(str, words), "--lab", lab, "--out", str(out)]
        done = run_checks(command, tmp_path / "said", seconds=seconds)
        reports = {path.stem: json_v1.load(path.read_text()) for path in out.glob("*.json")}
        return Graded(done.status, done.stdout, done.stderr, reports)

    return call


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """A folder with one Dockerfile and answers, to be spoilt."""
    folder = tmp_path / "ada" / "task1_layers"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM ubuntu:20.04\nWORKDIR /server\n")
    (folder / "answers.yaml").write_text("image_size_mb: 1\n")
    return folder.parent
