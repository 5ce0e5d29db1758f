"""The forms of a roster, told apart by their header: our own, and what learning platforms export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.evidence.submission.submission import safe_name
from checks.reports.downloads import canvas_number, moodle_number

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A person as the file has it; `number` is the platform's, which it puts into the names of submissions."""

    id: str
    name: str = ""
    email: str = ""
    path: str = ""
    submitted: str = ""
    number: str = ""


def _no_number(_path: Path) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Form:
    """How a form is read: a row from its cells, None for one that is no person; a number from a download's path."""

    row: Callable[[Cells], Row | None]
    number_in: Callable[[Path], str] = _no_number


def format_of(header: Sequence[str]) -> Form | None:
    """Return the form that has such a header, None if there is none."""
    names = set(header)
    if {"Student", "ID", "Section"} <= names:
        return Form(_canvas, _number_by_canvas)
    if {"Identifier", "Full name"} <= names:
        return Form(_moodle_worksheet, _number_by_moodle)
    if {"First name", "Email address"} <= names:
        return Form(_moodle_grades)
    return Form(_own) if "id" in {name.lower() for name in names} else None


def _number_by_canvas(path: Path) -> str:
    return canvas_number(safe_name(path))


def _number_by_moodle(path: Path) -> str:
    """Moodle writes the folder around a student's file, or before its name."""
    return moodle_number(path.absolute().parent.name) or moodle_number(safe_name(path))


def _own(cells: Cells) -> Row | None:
    """Our own: `id`, the rest if it is there; `path` counts from the roster's folder. A blank line is nobody."""
    lower = {name.lower(): value for name, value in cells.items()}
    if not any(lower.values()):
        return None
    names = ("id", "name", "email", "path", "submitted")
    return Row(**{name: lower.get(name, "") for name in names})


def _canvas(cells: Cells) -> Row | None:
    """Canvas's gradebook: the row with the points, and the course's test student, are nobody."""
    student = cells.get("Student", "")
    if student in {"", "Points Possible", "Student, Test"}:
        return None
    last, _, first = student.partition(", ")
    login, number = cells.get("SIS Login ID", ""), cells.get("ID", "")
    return Row(login or number, f"{first} {last}".strip(), login if "@" in login else "", number=number)


def _moodle_worksheet(cells: Cells) -> Row | None:
    """Moodle's grading worksheet of one assignment; with blind marking it has no address."""
    identifier, email = cells.get("Identifier", ""), cells.get("Email address", "")
    if not identifier:
        return None
    return Row(email or identifier, cells.get("Full name", ""), email, number=identifier.split()[-1])


def _moodle_grades(cells: Cells) -> Row | None:
    """Moodle's gradebook as CSV."""
    names = (cells.get(name, "") for name in ("First name", "Last name", "Surname"))
    email = cells.get("Email address", "")
    return Row(email, " ".join(filter(None, names)), email) if email else None
