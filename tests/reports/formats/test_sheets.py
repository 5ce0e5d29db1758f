"""The sheets of learning platforms: filled in for those who are known, and otherwise as they came."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from checks.lab import load_lab
from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.formats.format import ExportError

Export = Callable[..., Mapping[str, str]]
MakeReport = Callable[..., Report]


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


@pytest.fixture
def half(report: MakeReport, failed: CheckResult) -> Callable[[str], Report]:
    """`half(name)`: two of four points."""
    passed = replace(failed, outcome=Outcome.PASS, score=2)
    return lambda name: report(passed, failed, submission=name)


@pytest.mark.parametrize(
    "name",
    ["ada", "ADA", "u-1", "1001", "lovelaceada_1001_99_work", "lovelaceada_late_1001_99_x_1002_98_work"],
)
def test_canvas_is_filled_in_for_each_spelling_of_a_person(
    name: str, export: Export, half: Callable[[str], Report]
) -> None:
    header, possible, ada, grace = _rows(export("canvas-csv", half(name))["gradebook.csv"])
    assert ada == ["Lovelace, Ada", "1001", "u-1", "ada", "A", "2", "7"]
    assert header[5:] == ["Layers (4711)", "Essay (4712)"]
    assert possible[0] == "    Points Possible"
    assert grace[5:] == ["5", "8"]


@pytest.mark.parametrize(
    "name",
    [
        "ada lovelace",
        "ada@example.org",
        "Participant 123",
        "Ada Lovelace_123_assignsubmission_file",
        "Ada Lovelace_123_assignsubmission_file_my work-2.x_124_assignsubmission_",
    ],
)
def test_moodle_is_filled_in_for_each_spelling_of_a_person(
    name: str, export: Export, half: Callable[[str], Report]
) -> None:
    _, ada, grace = _rows(export("moodle-csv", half(name))["worksheet.csv"])
    assert (ada[4], ada[7]) == ("2.00", "task1_layers/Dockerfile:3 Every command has a RUN of its own.")
    assert ada[6] == "Monday, 23 November"
    assert (grace[4], grace[7]) == ("5.00", "Good.")


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("canvas-csv", "Student,ID,SIS Login ID,Section,Layers\nPat,1,pat+x@u.edu,,\n"),
        ("moodle-csv", "Identifier,Email address,Last modified (grade),Grade\nP 1,pat+x@u.edu,,\n"),
    ],
)
def test_a_cell_is_read_in_the_letters_of_a_files_name(
    name: str, sheet: str, export: Export, half: Callable[[str], Report]
) -> None:
    (text,) = export(name, half("pat_x@u.edu"), sheet=sheet).values()
    assert _rows(text)[1][-1] in {"2", "2.00"}


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
def test_who_is_left_out_is_told(name: str, export: Export, half: Callable[[str], Report]) -> None:
    notes: list[str] = []
    export(name, half("linus"), half("ada lovelace" if name == "moodle-csv" else "ada"), note=notes.append)
    assert notes == ["linus: no row of the sheet can be of it, so it is left out"]


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
def test_unknown_people_change_nothing(name: str, export: Export, half: Callable[[str], Report]) -> None:
    nobody = export(name)
    assert export(name, half("linus"), half("lovelace"), half("")) == nobody


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
def test_a_fault_of_ours_is_no_grade(name: str, export: Export, mixed: Report) -> None:
    assert export(name, replace(mixed, submission="ada lovelace")) == export(name)
    assert export(name, replace(mixed, submission="ada")) == export(name)


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
def test_two_submissions_of_one_person_are_a_question(
    name: str, export: Export, half: Callable[[str], Report]
) -> None:
    spellings = {"canvas-csv": ("ada", "1001"), "moodle-csv": ("Ada Lovelace", "ada@example.org")}[name]
    with pytest.raises(ExportError, match="of one person"):
        export(name, *map(half, spellings))


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
@pytest.mark.parametrize(
    ("sheet", "said"),
    [(None, "--fill-in FILE"), ("", "no CSV"), ('"', "no CSV"), ("Name,Points\n", "has no column")],
)
def test_a_sheet_of_something_else_is_told(name: str, sheet: str | None, said: str, export: Export) -> None:
    with pytest.raises(ExportError, match=said):
        export(name, sheet=sheet)


def test_canvas_without_a_column_for_the_lab_is_told(export: Export, half: Callable[[str], Report]) -> None:
    with pytest.raises(ExportError, match="`Layers` or `total`"):
        export("canvas-csv", half("ada"), sheet="Student,ID,Section,Essay (1)\nAda,1,,\n")


@pytest.mark.parametrize(("course", "total"), [(["Task1", "Task2"], "4"), (["Task1", "Task2", "Task3"], "9")])
def test_a_total_is_the_sum_of_all_labs(
    monkeypatch: pytest.MonkeyPatch,
    export: Export,
    half: Callable[[str], Report],
    course: list[str],
    total: str,
) -> None:
    monkeypatch.setattr("checks.reports.formats.canvas_csv.all_labs", lambda: list(map(load_lab, course)))
    two, notes = half("1"), list[str]()
    two = replace(two, labs=(two.labs[0], replace(two.labs[0], id="task2_caching", title="Caching")))
    sheet = "Student,ID,Section,Caching,Total (9)\nAda,1,,,9\n"
    text = export("canvas-csv", two, sheet=sheet, note=notes.append)["gradebook.csv"]
    assert _rows(text)[1][3:] == ["2", total]
    assert len(notes) == (total == "9")


def test_a_mark_and_the_ends_of_lines_stay(export: Export, half: Callable[[str], Report]) -> None:
    text = export("canvas-csv", half("1"), sheet="\ufeffStudent,ID,Section,Layers\r\nAda,1,,\r\n")
    assert text["gradebook.csv"] == "\ufeffStudent,ID,Section,Layers\r\nAda,1,,2\r\n"
