"""The forms of a roster, told apart by their header: our own, and what learning platforms export.

Each form is a function from the cells of a row to a `Row`; it returns None for a row that is no person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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


def format_of(header: Sequence[str]) -> Callable[[Cells], Row | None] | None:
    """Return the form that has such a header, None if there is none."""
    names = set(header)
    if {"Student", "ID", "Section"} <= names:
        return _canvas
    if {"Identifier", "Full name"} <= names:
        return _moodle_worksheet
    if {"First name", "Email address"} <= names:
        return _moodle_grades
    return _own if "id" in {name.lower() for name in names} else None


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
