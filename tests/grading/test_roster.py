"""A roster names the submissions of a class: from CSV, or from what learning platforms export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import WRONG_USAGE
from checks.grading.class_files import ClassFileError
from checks.grading.entries import distinct, entries_of
from checks.grading.roster import read_roster

Grade = Callable[..., Any]
CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Task 1 (4711)
    Points Possible,,,,,20
"Lovelace, Ada",1001,,ada,A,
"Hopper, Grace",1002,,grace,A,
"Student, Test",1003,,x,A,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade,Last modified (grade),Feedback comments
Participant 123,Ada Lovelace,ada@example.org,Submitted for grading,,-,
Participant 124,Grace Hopper,grace@example.org,No submission,,-,
"""
BLIND = "Identifier,Full name,Status\nParticipant 123,,\nParticipant 124,,\n"
MOODLE_GRADES = (
    "First name,Last name,ID number,Email address\nAda,Lovelace,1,ada@example.org\nGrace,Hopper,2,g@x\n"
)
OWN = "id,name,email,path\nada,Ada Lovelace,ada@example.org,\n grace , Grace Hopper ,,\n\n"
SEMICOLONS = "ID;Name;Email\r\nada;Ada Lovelace;ada@example.org\r\ngrace;Grace Hopper;\r\n"


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        (OWN, "ada.zip", "ada"),
        (OWN, "Ada.tar.gz", "ada"),
        (OWN, "Ada Lovelace", "ada"),
        (OWN, "ada@example.org", "ada"),
        (SEMICOLONS, "ada.zip", "ada"),
        (CANVAS, "lovelaceada_1001_98765_work.zip", "ada"),
        (CANVAS, "lovelaceada_LATE_1001_98765_ada.zip", "ada"),
        (CANVAS, "1001", "ada"),
        (MOODLE, "Ada Lovelace_123_assignsubmission_file_", "ada@example.org"),
        (MOODLE, "Ada Lovelace_123_assignsubmission_file_/my work.zip", "ada@example.org"),
        (MOODLE, "Ada Lovelace_123_assignsubmission_file_/x_124_assignsubmission_.zip", "ada@example.org"),
        (MOODLE, "Ada Lovelace_123_assignsubmission_file_x_124_assignsubmission_.zip", "ada@example.org"),
        (MOODLE, "Ada Lovelace_123_assignsubmission_file_/grace.zip", "ada@example.org"),
        (CANVAS, "lovelaceada_1001_98765_x_1002_98765_grace.zip", "ada"),
        (CANVAS, "lovelaceada_1001_98765_x_1002_assignsubmission.zip", "ada"),
        (CANVAS, "x_1002_assignsubmission_file_/lovelaceada_1001_98765_work.zip", "ada"),
        (MOODLE, "ada", "ada@example.org"),
        (BLIND, "Participant_123_assignsubmission_file_", "Participant 123"),
        (MOODLE_GRADES, "Ada Lovelace", "ada@example.org"),
    ],
)
def test_whose_it_is(tmp_path: Path, text: str, file: str, name: str) -> None:
    (tmp_path / "roster.csv").write_text(text)
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    entries, notes = read_roster(tmp_path / "roster.csv").entries([path])
    assert [entry.name for entry in entries] == [name]
    assert len(notes) == 1
    assert "no submission" in notes[0]


@pytest.mark.parametrize(
    ("rows", "owner"), [("eve,ada\nada,Ada\n", "ada"), ("eve,Ada L\nada,Ada L\n", "Ada L")]
)
def test_no_one_takes_anothers_work_by_their_name(tmp_path: Path, rows: str, owner: str) -> None:
    (tmp_path / "roster.csv").write_text(f"id,name\n{rows}")
    entries, _ = read_roster(tmp_path / "roster.csv").entries([tmp_path / f"{owner}.zip"])
    assert [entry.name for entry in entries] == [owner]


def test_a_stranger_is_graded_and_told(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(OWN)
    entries, notes = read_roster(tmp_path / "roster.csv").entries([tmp_path / "eve.zip"])
    assert [entry.name for entry in entries] == ["eve"]
    assert "nobody in the roster" in notes[0]


def test_two_submissions_of_one_person_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(CANVAS)
    paths = [tmp_path / f"lovelaceada_1001_{number}_work.zip" for number in (1, 2)]
    entries, notes = read_roster(tmp_path / "roster.csv").entries(paths)
    assert [entry.name for entry in entries] == ["ada", "ada-2"]
    assert "roster.csv:3: ada: 2 submissions" in notes[-1]


def test_what_is_named_twice_is_graded_once(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("id,path\nada,here\n")
    (tmp_path / "here").mkdir()
    (tmp_path / "eve").mkdir()
    paths = [tmp_path / name for name in ("here", "eve", "here/../eve")]
    entries, notes = read_roster(tmp_path / "roster.csv").entries(paths)
    assert [entry.name for entry in entries] == ["ada", "eve"]
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the header needs a column `id`"),
        ("name,path\nAda,x\n", ":1: the header needs a column `id`"),
        ("id,name\n,Ada\n", ":2: this row has no `id`"),
        ("id\nada\nbob\nADA\n", ":4: `ADA` is there already"),
        ('id,name\nada,"Ada\nbob,Bob\n', "a quotation mark is not closed"),
        ('id,name\nada,"Ada" L\nbob,Bob\n', "a quotation mark is not closed"),
        ("id,submitted\nada,yesterday\n", ":2: `submitted` is yesterday"),
        ("id,submitted\nada,2026-11-20T23:59:00\n", "with its offset"),
    ],
)
def test_a_mistake_has_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(ClassFileError) as wrong:
        read_roster(tmp_path / "roster.csv")
    assert said in str(wrong.value)


def test_a_roster_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes("id,name\nada,Jürgen\n".encode("latin-1"))
    with pytest.raises(ClassFileError, match="UTF-8"):
        read_roster(tmp_path / "roster.csv")


def test_paths_count_from_the_folder_of_the_roster(grade: Grade, submission: Path, tmp_path: Path) -> None:
    rows = "id,name,email,path\nlovelace,Ada,,../ada\nhopper,Grace,,../none\n"
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "roster.csv").write_text(rows)
    graded = grade("--static", "--roster", tmp_path / "lists" / "roster.csv")
    assert graded.reports.keys() == {"lovelace"}
    assert graded.reports["lovelace"].submission == "lovelace"
    assert "roster.csv:3: hopper: there is nothing at" in graded.complaint
    assert submission.exists()


@pytest.mark.parametrize("words", [(), ("--roster", "/no/such.csv")])
def test_without_anything_to_grade(grade: Grade, words: tuple[str, ...]) -> None:
    graded = grade("--static", *words)
    assert graded.status == WRONG_USAGE
    assert "Traceback" not in graded.complaint


@pytest.mark.parametrize(
    ("names", "told_apart"),
    [
        (["ada", "ada", "ada-2", "bob"], ["ada", "ada-3", "ada-2", "bob"]),
        (["ada", "ada", "ada"], ["ada", "ada-2", "ada-3"]),
        (["ada", "Ada", "ADA-2"], ["ada", "Ada-3", "ADA-2"]),
        (["Jürgen", "JÜRGEN"], ["Jürgen", "JÜRGEN-2"]),
    ],
)
def test_names_are_told_apart(names: list[str], told_apart: list[str]) -> None:
    assert distinct(names) == told_apart


def test_equal_names_do_not_depend_on_who_else_there_is() -> None:
    paths = [Path(f"/class/{folder}/hw.zip") for folder in ("b", "c")]
    assert [entry.name for entry in entries_of(paths)] == ["b-hw", "c-hw"]
    more = [Path("/class/a0/hw.zip"), *paths, Path("/class/d/other.zip")]
    assert [entry.name for entry in entries_of(more)] == ["a0-hw", "b-hw", "c-hw", "other"]
    assert [entry.name for entry in entries_of([paths[0], paths[0]])] == ["b-hw", "b-hw-2"]
