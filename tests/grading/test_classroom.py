"""A class: every submission gets a report, even if others crash or hang."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import FULL_MARKS, NOT_GRADED
from checks.grading import child
from checks.grading.classroom import MAX_JOBS, Class
from checks.grading.entries import entries_of
from checks.lab import ROOT, load_lab
from checks.outcomes import Outcome, Report

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

SOLUTION = ROOT / "solutions" / "task1_layers"
Grade = Callable[..., Any]


@pytest.fixture
def people(tmp_path: Path) -> list[Path]:
    """Sixteen submissions: folders and zips, two of one name, three broken."""
    made = [_folder(tmp_path / f"student-{number}") for number in range(6)]
    made += [_zip(tmp_path / f"zipped-{number}.zip") for number in range(5)]
    made += [_folder(tmp_path / "a" / "ada"), _folder(tmp_path / "b" / "ada")]
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    link = tmp_path / "linked" / "task1_layers"
    link.parent.mkdir()
    link.symlink_to("/etc")
    return [*made, tmp_path / "empty", tmp_path / "broken.zip", tmp_path / "linked"]


def test_a_class_of_sixteen(grade: Grade, people: list[Path], tmp_path: Path) -> None:
    graded = grade(*people, "--static", "--jobs", "2")
    assert graded.status == 1
    assert len(graded.reports) == 16
    assert {"a-ada", "b-ada"} <= graded.reports.keys()
    scores = {name: report.score for name, report in graded.reports.items()}
    assert [scores.pop(name) for name in ("empty", "broken", "linked")] == [0, 0, 0]
    assert set(scores.values()) == {14}
    book = (tmp_path / "out" / "gradebook.csv").read_text().splitlines()
    assert len(book) == 17
    assert "16 of 16" in graded.complaint or "grades 16 submissions" in graded.complaint


def test_five_with_an_engine(grade: Grade, engine: object, people: list[Path]) -> None:
    assert engine
    seconds = 900  # two slots build from cold: at load 11 more than two minutes
    graded = grade(*people[:2], *people[6:8], people[-1], "--jobs", "2", seconds=seconds)
    told = story(graded.reports)
    assert sorted(report.score for report in graded.reports.values()) == [0, 20, 20, 20, 20], told
    assert all(report.complete for report in graded.reports.values()), told


def story(reports: Mapping[str, Report]) -> str:
    """What a person needs to know when a right submission had not full marks."""
    lost = ((name, check) for name, report in reports.items() for check in report.checks if not check.score)
    return "\n".join(f"{name}: {check.id}: {check.outcome}: {check.actual}" for name, check in lost)


def _dies(_task: child.Task) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hangs(_task: child.Task) -> None:
    time.sleep(600)


def _exhausts_its_cpu(_task: child.Task) -> None:
    os.kill(os.getpid(), signal.SIGXCPU)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            _dies,
            "exit code -9 (SIGKILL, killed from outside: where memory is exhausted, the kernel does that)",
        ),
        (_exhausts_its_cpu, "exit code -24 (SIGXCPU, its limit of CPU time was hit)"),
        (_hangs, "stopped after 1 s (its limit for one submission)"),
    ],
)
def test_a_child_that_dies_or_hangs(
    people: list[Path], monkeypatch: pytest.MonkeyPatch, what: Callable[..., None], said: str
) -> None:
    monkeypatch.setattr(child, "_grade", what)
    monkeypatch.setattr(child, "SECONDS", 1.0 if what is _hangs else 60.0)
    monkeypatch.setattr(child, "GRACE_SECONDS", 1.0)
    monkeypatch.setattr(child, "_METHOD", multiprocessing.get_context("fork"))
    reports = list(Class(entries_of(people[:2]), [load_lab("Task1")], "none", 2).reports())
    assert [report.submission for report in reports]
    for report in reports:
        assert [check.outcome for check in report.checks] == [Outcome.ERROR]
        assert said in report.checks[0].actual


INTERRUPTED = """
import os, signal, sys
from checks.__main__ import main
from checks.interruption import end_with

left, fsync = [int(sys.argv.pop(1))], os.fsync

def interrupted(file):
    left[0] -= 1
    if not left[0]:
        signal.raise_signal(signal.SIGINT)
    fsync(file)

os.fsync = interrupted
end_with(main)
"""


@pytest.mark.parametrize(
    ("file", "count"), [(1, 1), (2, 1), (7, 4)], ids=["first JSON", "first XML", "fourth JSON"]
)
def test_ctrl_c_keeps_what_is_done(people: list[Path], tmp_path: Path, file: int, count: int) -> None:
    """It comes while a file is written, of which each submission has two: both are there, and in the gradebook."""
    out = tmp_path / "out"
    words = [str(file), "grade", *map(str, people), "--static", "--lab", "Task1", "--out", str(out)]
    command = [sys.executable, "-c", INTERRUPTED, *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == NOT_GRADED, ended.stderr
    assert "Traceback" not in ended.stderr
    done = {path.stem for path in out.glob("*.json")}
    assert len(done) == count
    assert {path.stem for path in out.glob("*.xml")} == done
    book = (out / "gradebook.csv").read_text().splitlines()
    assert {line.split(",")[0] for line in book[1:]} == done


@pytest.mark.parametrize("file", [1, 2, 3], ids=["JSON", "XML", "gradebook"])
def test_ctrl_c_while_the_only_report_is_written(people: list[Path], tmp_path: Path, file: int) -> None:
    out = tmp_path / "out"
    words = [str(file), "grade", str(people[0]), "--static", "--lab", "Task1", "--out", str(out)]
    command = [sys.executable, "-c", INTERRUPTED, *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == NOT_GRADED, ended.stderr
    assert {"student-0.json", "student-0.xml", "gradebook.csv"} <= {path.name for path in out.iterdir()}
    assert "student-0" in (out / "gradebook.csv").read_text()


@pytest.mark.parametrize("jobs", ["0", "-1", str(MAX_JOBS + 1), "many"])
def test_jobs_are_bounded(grade: Grade, people: list[Path], jobs: str) -> None:
    graded = grade(*people[:2], "--static", "--jobs", jobs)
    assert graded.status == 2
    assert f"1 to {MAX_JOBS}" in graded.complaint


def _folder(path: Path) -> Path:
    shutil.copytree(SOLUTION, path / "task1_layers")
    return path


def _zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for file in SOLUTION.iterdir():
            packed.write(file, f"course-main/task1_layers/{file.name}")
    return path


@pytest.fixture
def temporary() -> Iterator[Path]:
    """An empty TMPDIR, whose path is as short as a machine's own."""
    with tempfile.TemporaryDirectory(prefix="t-") as path:
        yield Path(path)


def static_class(paths: Sequence[Path], out: Path, temporary: Path) -> subprocess.Popen[bytes]:
    """A class that is being graded, with a temporary directory of its own."""
    words = ["--static", "--lab", "Task1", "--out", *map(str, (out, *paths))]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-m", "checks", "grade", *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)


def test_no_folder_of_a_class_stays(people: list[Path], tmp_path: Path, temporary: Path) -> None:
    with static_class(people[:4], tmp_path / "out", temporary) as grading:
        while grading.poll() is None and not list(temporary.glob("*/listener-*")):
            time.sleep(0.05)
        assert list(temporary.iterdir())
    assert list(temporary.iterdir()) == []


def test_no_folder_of_a_killed_class_stays_once_another_is_graded(
    people: list[Path], tmp_path: Path, temporary: Path
) -> None:
    with static_class(people, tmp_path / "out", temporary) as grading:
        while grading.poll() is None and not list(temporary.glob("*/listener-*")):
            time.sleep(0.05)
        grading.kill()
    assert list(temporary.iterdir())
    with static_class(people[:2], tmp_path / "out", temporary) as grading:
        assert grading.wait() == FULL_MARKS
    assert list(temporary.iterdir()) == []


def test_a_long_temporary_directory(people: list[Path], tmp_path: Path) -> None:
    """A socket's path has its limit, and the fork server has one."""
    temporary = tmp_path / ("long" * 25)
    temporary.mkdir()
    with static_class(people[:2], tmp_path / "out", temporary) as grading:
        assert grading.wait() == FULL_MARKS
    assert len(list((tmp_path / "out").glob("*.json"))) == 2
    assert list(temporary.iterdir()) == []
