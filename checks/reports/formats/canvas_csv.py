"""Canvas's gradebook, filled in: the export of Canvas with the scores of the people in it.

A column is filled in that is called as a lab (its title or its folder) or `total`, with or without Canvas's
number behind it; `total` only where every lab of the course was graded. A submission belongs to a person by ID,
SIS User ID or SIS Login ID, or by the name that Canvas gives to a download. People who handed in nothing keep
what they have, and nobody is added.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from checks.lab import all_labs
from checks.outcomes import LabResult, Report
from checks.reports.downloads import canvas_number
from checks.reports.formats.format import ExportedFile, ExportError, ExportInputs, class_format
from checks.reports.sheet import Sheet, judged, named, owners

TOTAL = "total"
_IDENTIFIERS = ("ID", "SIS User ID", "SIS Login ID")
_NUMBER = re.compile(r"\s*\(\d+\)$")


@class_format(for_students=False)
def canvas_csv(reports: Sequence[Report], inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Canvas's own gradebook export, filled in (--fill-in FILE)."""
    sheet = Sheet.read(inputs.sheet, "Canvas", ("Student", "Section"))
    identifiers = [sheet.column(name) for name in _IDENTIFIERS if name in sheet.header]
    if not identifiers:
        raise ExportError(f"the sheet of Canvas has none of the columns {', '.join(_IDENTIFIERS)}")

    def names(row: list[str], submission: str) -> bool:
        number = canvas_number(submission) or None
        return any(named(row[at], submission) or row[at] == number for at in identifiers)

    found, columns = owners(reports, sheet, names, inputs.note), _columns(sheet, reports, inputs)
    for report in reports:
        if (row := found.rows.get(report.submission)) is not None:
            _fill(row, report, columns, inputs)
    if TOTAL in columns and not all(map(_is_whole, reports)):
        inputs.note("`total` stays as it is where not all labs of the course were graded")
    yield ExportedFile("gradebook.csv", sheet.written())
    found.refuse_doubled()


def _columns(sheet: Sheet, reports: Sequence[Report], inputs: ExportInputs) -> Mapping[str, int]:
    """Return the column of each lab, and that of the total."""
    named = {_NUMBER.sub("", name).casefold(): at for at, name in enumerate(sheet.header)}
    labs = {lab.id: lab.title for lab in inputs.labs}
    labs |= {lab.id: lab.title for report in reports for lab in report.labs}
    columns = {id: named.get(title.casefold(), named.get(id.casefold())) for id, title in labs.items()}
    found = {id: at for id, at in {**columns, TOTAL: named.get(TOTAL)}.items() if at is not None}
    if labs and not found:
        wanted = " or ".join(f"`{title}`" for title in labs.values())
        raise ExportError(f"no column of the sheet is called {wanted} or `{TOTAL}`: name the assignment so")
    return found


def _fill(row: list[str], report: Report, columns: Mapping[str, int], inputs: ExportInputs) -> None:
    by_column: dict[str, Sequence[LabResult]] = {lab.id: [lab] for lab in report.labs}
    by_column[TOTAL] = report.labs if _is_whole(report) else ()
    for name, labs in by_column.items():
        if name in columns and judged(labs, inputs):
            row[columns[name]] = str(sum(lab.score + lab.bonus - lab.deducted for lab in labs))


def _is_whole(report: Report) -> bool:
    """Whether a report has every lab of the course: only then is the sum of its points a total."""
    return {lab.id for lab in all_labs()} <= {lab.id for lab in report.labs}
