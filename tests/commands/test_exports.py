"""`grade --format`: where each export goes, what it reveals, and that a new format is one new file."""

import argparse
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from checks.commands.exports import Exports
from checks.commands.grade import declare, run
from checks.edition_files import SPEC
from checks.grading.batch import Batch
from checks.lab import ROOT, all_labs
from checks.reports.formats import all_formats
from checks.reports.formats.format import ExportError
from tests.commands.course_copy import copy_course, python
from tests.reports.formats.conftest import CLASSROOM_50

pytestmark = pytest.mark.slow

LAB = all_labs()[0]
NEW_FORMAT = '''"""The points alone."""
from checks.reports.formats.format import ExportedFile, report_format

@report_format
def points_only(report, _inputs):
    """The points alone."""
    yield ExportedFile("points.txt", f"{report.score}/{report.max_score}\\n")
'''
Grade = Callable[..., CompletedProcess[str]]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A submission with one mistake: the starter's answers, and a Dockerfile with two commands in a RUN."""
    shutil.copytree(ROOT / "solutions" / LAB.id, tmp_path / "ada" / LAB.id)
    mistake = ROOT / "tests" / "labs" / LAB.id / "mistakes" / "one-command-per-run"
    shutil.copytree(mistake, tmp_path / "ada" / LAB.id, dirs_exist_ok=True)
    return tmp_path / "ada"


@pytest.fixture
def grade(work: Path, tmp_path: Path) -> Grade:
    """`grade(*words, course=ROOT, **variables)`: grade the submission, static checks only."""

    def run(*words: str, course: Path = ROOT, **variables: str) -> CompletedProcess[str]:
        command = ("-m", "checks", "grade", str(work), "--lab", LAB.id, "--static", *words)
        return python(course, *command, environment={**os.environ, "TMPDIR": str(tmp_path), **variables})

    return run


def _shown(out: Path) -> Mapping[str, str]:
    """What the export says of the mistake."""
    tests = json.loads((out / "gradescope" / "ada" / "results.json").read_text("utf-8"))["tests"]
    (output,) = (test["output"] for test in tests if test["status"] == "failed")
    return dict(line.split(": ", 1) for line in output.splitlines() if ": " in line)


def test_every_format_has_a_folder_of_its_own(grade: Grade, tmp_path: Path) -> None:
    sheets = {"canvas-csv", "moodle-csv"}  # each needs a sheet of its own
    names = [name for name in all_formats() if name not in sheets]
    words = [word for name in names for word in ("--format", name)]
    done = grade(*words, "--out", str(tmp_path / "out"), **CLASSROOM_50)
    assert done.returncode == 1, done.stderr
    folders = {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()}
    assert folders == set(names)
    assert all(any(path.is_file() for path in (tmp_path / "out" / name).rglob("*")) for name in names)


def test_one_export_is_printed_in_place_of_the_report(grade: Grade) -> None:
    done = grade("--format", "gradescope")
    assert done.returncode == 1
    assert json.loads(done.stdout)["tests"]


def test_only_the_first_file_is_printed_in_any_encoding(grade: Grade) -> None:
    done = grade("--format", "classroom50", PYTHONIOENCODING="ascii", **CLASSROOM_50)
    assert json.loads(done.stdout)["classroom"] == "mlops"
    done = grade("--format", "html", PYTHONIOENCODING="ascii")
    assert done.stdout.startswith("<!doctype html>")
    assert done.stdout.isascii()


def test_a_step_summary_is_appended_to_the_file_that_github_names(grade: Grade, tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    done = grade("--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith(f"::error file={LAB.id}/{LAB.main_file},line=")
    assert summary.read_text("utf-8").startswith("before\n# ada\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "canvas-csv"), "--fill-in FILE"),
        (("--format", "classroom50"), "missing: CLASSROOM"),
        (("--format", "sarif", "--format", "gitlab"), "add --out DIR"),
        (("--format", "sarf"), "invalid choice: 'sarf'"),
        (("--format", "canvas-csv", "--fill-in", "no/such.csv"), "No such file"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_graded(
    words: tuple[str, ...], said: str, grade: Grade
) -> None:
    done = grade(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sheet_without_the_labs_column_is_told_before_anything_is_graded(
    grade: Grade, tmp_path: Path
) -> None:
    (tmp_path / "sheet.csv").write_text("Student,ID,Section,Essay\nAda,1,,\n")
    words = (
        "--format",
        "canvas-csv",
        "--fill-in",
        str(tmp_path / "sheet.csv"),
        "--out",
        str(tmp_path / "out"),
    )
    done = grade(*words)
    assert done.returncode == 2
    assert f"`{LAB.title}` or `total`" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_export_that_fails_does_not_hide_what_stopped_the_grading(
    monkeypatch: pytest.MonkeyPatch, work: Path, tmp_path: Path
) -> None:
    def fails(*_: object) -> None:
        raise ExportError("no export")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Exports, "write", fails)
    monkeypatch.setattr(Batch, "graded", stopped)
    words = (str(work), str(work), "--lab", LAB.id, "--static", "--out", str(tmp_path / "out"))
    commands = argparse.ArgumentParser().add_subparsers()
    declare(commands)
    with pytest.raises(KeyboardInterrupt):
        run(commands.choices["grade"].parse_args(words))


@pytest.mark.parametrize(
    ("reveal", "shown"),
    [("full", {"at", "expected", "actual", "help"}), ("actual-only", {"at", "actual"}), ("none", set())],
)
def test_a_whole_export_reveals_what_is_asked(
    reveal: str, shown: set[str], grade: Grade, tmp_path: Path
) -> None:
    grade("--format", "gradescope", "--reveal", reveal, "--out", str(tmp_path / "out"))
    assert set(_shown(tmp_path / "out")) == shown


def test_a_new_format_is_a_new_file_and_lab_yaml_says_what_a_check_reveals(
    grade: Grade, tmp_path: Path
) -> None:
    course = copy_course(tmp_path / "course")
    (course / "checks" / "reports" / "formats" / "points_only.py").write_text(NEW_FORMAT)
    spec = course / LAB.id / SPEC
    spec.write_text(spec.read_text("utf-8") + yaml.safe_dump({"reveal": {"one-command-per-run": "none"}}))
    words = ("--format", "points-only", "--format", "gradescope", "--out", str(tmp_path / "out"))
    assert grade(*words, course=course).returncode == 1
    assert (tmp_path / "out" / "points-only" / "ada" / "points.txt").read_text("utf-8").count("/") == 1
    assert _shown(tmp_path / "out") == {}
    report = json.loads((tmp_path / "out" / "ada.json").read_text("utf-8"))
    (failed,) = (check for check in report["labs"][0]["checks"] if check["outcome"] == "fail")
    assert failed["expected"]


def test_a_misspelt_check_under_reveal_is_told(grade: Grade, tmp_path: Path) -> None:
    course = copy_course(tmp_path / "course")
    spec = course / LAB.id / SPEC
    spec.write_text(spec.read_text("utf-8") + yaml.safe_dump({"reveal": {"one-command-per-rum": "none"}}))
    done = grade(course=course)
    assert done.returncode == 3
    assert "names no check: `one-command-per-rum`; did you mean one-command-per-run?" in done.stdout


def test_the_class_page_compares_with_what_a_result_has_replaced(
    grade: Grade, work: Path, tmp_path: Path
) -> None:
    words = ("--format", "html", "--out", str(tmp_path / "out"))
    page = tmp_path / "out" / "html" / "index.html"
    grade(*words)
    assert "Since last" not in page.read_text("utf-8")
    shutil.copytree(ROOT / "solutions" / LAB.id, work / LAB.id, dirs_exist_ok=True)
    grade(*words)
    assert "(fail → pass)" in page.read_text("utf-8")


def test_two_submissions_of_one_person_take_no_grade_from_others(work: Path, tmp_path: Path) -> None:
    paths = [work, tmp_path / "1002", tmp_path / "hoppergrace_1002_98765_work"]
    for path in paths[1:]:
        shutil.copytree(work, path)
    sheet = f"Student,ID,SIS Login ID,Section,{LAB.title}\nAda,1001,ada,,\nGrace,1002,grace,,\n"
    (tmp_path / "sheet.csv").write_text(sheet)
    words = (
        "--format",
        "canvas-csv",
        "--fill-in",
        str(tmp_path / "sheet.csv"),
        "--out",
        str(tmp_path / "out"),
    )
    done = python(ROOT, "-m", "checks", "grade", *map(str, paths), "--lab", LAB.id, "--static", *words)
    assert done.returncode == 2
    assert "of one person: 1002, hoppergrace_1002_98765_work" in done.stderr
    _, ada, grace = (tmp_path / "out" / "canvas-csv" / "gradebook.csv").read_text("utf-8").splitlines()
    assert (ada[-1].isdecimal(), grace[-1]) == (True, ",")


def test_an_export_of_the_class_has_who_was_graded_before(grade: Grade, work: Path, tmp_path: Path) -> None:
    words = ("--format", "html", "--out", str(tmp_path / "out"))
    grade(*words)
    work.rename(work.with_name("bob"))
    shutil.copytree(work.with_name("bob"), work)
    python(ROOT, "-m", "checks", "grade", str(work.with_name("bob")), "--lab", LAB.id, "--static", *words)
    page = (tmp_path / "out" / "html" / "index.html").read_text("utf-8")
    assert all(f">{name}</" in page for name in ("ada", "bob"))
