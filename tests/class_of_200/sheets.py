"""A sheet with the columns of Canvas's gradebook and of Moodle's worksheet, which one command fills in.

It has a row for each of the class, and one for somebody who handed in nothing.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from tests.class_of_200.submissions import LABS, names_of

ABSENT = "nobody"
TITLES = [lab.title for lab in LABS]
CANVAS = ("Student", "ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name")
FILLED = (*TITLES, "Total", "Grade", "Last modified (grade)", "Feedback comments")


def sheet(people: Sequence[Path]) -> str:
    """Return the sheet as both platforms export theirs."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow((*CANVAS, *MOODLE, *FILLED))
    for number, name in enumerate([*names_of(people), ABSENT]):
        rows.writerow((name, f"id {number}", name, "A", f"Participant {number}", name, *[""] * len(FILLED)))
    return text.getvalue()
