"""The sheet of a learning platform: its own CSV export, in which only the cells of known people are filled in.

Everything else stays as it was: columns, rows of people who handed in nothing, a byte order mark.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from checks.evidence.submission.submission import safe_label
from checks.outcomes import LabResult, Report
from checks.reports.formats.format import ExportError, ExportInputs

_MARK = "\ufeff"


@dataclass(frozen=True)
class Sheet:
    """Rows of cells below a header; every row has as many cells as the header."""

    header: Sequence[str]
    rows: Sequence[list[str]]
    marked: bool
    newline: str

    @classmethod
    def read(cls, text: str | None, platform: str, needed: Iterable[str]) -> "Sheet":
        """Parse the sheet; raise `ExportError` if there is none, or if it lacks a column."""
        if text is None:
            raise ExportError(
                f"a sheet is needed: export it from {platform} and name it with --fill-in FILE or --roster FILE"
            )
        try:
            header, *rows = csv.reader(io.StringIO(text.removeprefix(_MARK), newline=""), strict=True)
        except (csv.Error, ValueError) as broken:
            raise ExportError(f"the sheet of {platform} is no CSV file with a header ({broken})") from None
        if missing := [name for name in needed if name not in header]:
            raise ExportError(f"the sheet of {platform} has no column `{missing[0]}`: export it again")
        width = len(header)
        filled = [row + [""] * (width - len(row)) for row in rows]
        return cls(header, filled, text.startswith(_MARK), "\r\n" if "\r\n" in text else "\n")

    def column(self, name: str) -> int:
        """Return the index of a column."""
        return self.header.index(name)

    def written(self) -> str:
        """Return the sheet as CSV."""
        text = io.StringIO()
        csv.writer(text, lineterminator=self.newline).writerows([self.header, *self.rows])
        return (_MARK if self.marked else "") + text.getvalue()


def named(cell: str, submission: str) -> bool:
    """Whether the name of a submission is that in a cell, in the letters that a name of a file may have."""
    return bool(cell) and safe_label(cell).casefold() == submission.casefold()


@dataclass(frozen=True, slots=True)
class Owners:
    """The row of each submission that belongs to one; `doubled` says which are of one person, and have none."""

    rows: Mapping[str, list[str]]
    doubled: Sequence[str]

    def refuse_doubled(self) -> None:
        """Raise `ExportError` if there are such: to be called when the rows of all others are filled in."""
        if self.doubled:
            raise ExportError(
                "\n".join(f"left out: two submissions are of one person: {d}" for d in self.doubled)
            )


def owners(
    reports: Sequence[Report],
    sheet: Sheet,
    names: Callable[[list[str], str], bool],
    note: Callable[[str], None],
) -> Owners:
    """Find the row of each submission; tell of those that belong to none."""
    found: dict[int, list[str]] = {}
    for report in reports:
        rows = [at for at, row in enumerate(sheet.rows) if names(row, report.submission)]
        if len(rows) == 1:
            found.setdefault(rows[0], []).append(report.submission)
        else:
            what = "several rows" if rows else "no row"
            note(f"{report.submission}: {what} of the sheet can be of it, so it is left out")
    single = {submissions[0]: sheet.rows[at] for at, submissions in found.items() if len(submissions) == 1}
    return Owners(single, [", ".join(submissions) for submissions in found.values() if len(submissions) > 1])


def judged(labs: Sequence[LabResult], inputs: ExportInputs) -> bool:
    """Whether every check came to a verdict; a fault that is not the student's fills in no grade."""
    checks = [check for lab in labs for check in inputs.asked(lab.checks)]
    return bool(checks) and not any(check.is_open for check in checks)
