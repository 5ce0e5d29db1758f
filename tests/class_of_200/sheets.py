"""The sheets of learning platforms, with a row for each of the class and one for somebody who handed in nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.class_of_200.submissions import LABS, names_of

ABSENT = "nobody"
TITLES = [lab.title for lab in LABS]
CANVAS = ("Student", "ID", "SIS Login ID", "Section", *TITLES, "Total")
MOODLE = ("Identifier", "Full name", "Email address", "Grade", "Last modified (grade)", "Feedback comments")


def canvas(people: Sequence[Path]) -> str:
    """Return an export of Canvas's gradebook."""
    rows = ([name, f"id {number}", name, "A"] for number, name in enumerate(_everybody(people)))
    return _written([CANVAS, *(row + [""] * (len(TITLES) + 1) for row in rows)])


def moodle(people: Sequence[Path]) -> str:
    """Return a grading worksheet of Moodle."""
    rows = ([f"Participant {number}", name] for number, name in enumerate(_everybody(people)))
    return _written([MOODLE, *(row + [""] * (len(MOODLE) - len(row)) for row in rows)])


def _everybody(people: Sequence[Path]) -> list[str]:
    return [*names_of(people), ABSENT]


def _written(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
