"""Moodle's offline grading worksheet, filled in: grade and feedback of the people in it.

A submission belongs to a person by the participant's number in the folder that Moodle gives to a download, by
e-mail address, by ID number or by full name. People who handed in nothing keep what they have, and nobody is
added. The feedback names the requirements that are not met and their lines; it repeats no text of a student,
since Moodle shows it as HTML.
"""

from collections.abc import Iterator, Sequence

from checks.outcomes import Report
from checks.reports.downloads import moodle_number
from checks.reports.explanation import place_of
from checks.reports.formats.format import ExportedFile, ExportInputs, class_format
from checks.reports.sheet import Sheet, judged, named, owners

GRADE, FEEDBACK = "Grade", "Feedback comments"
_NEEDED = ("Identifier", GRADE, "Last modified (grade)")
_NAMES = ("Full name", "Email address", "ID number", "Username")


@class_format(for_students=True)
def moodle_csv(reports: Sequence[Report], inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Moodle's own grading worksheet, filled in (--fill-in FILE)."""
    sheet = Sheet.read(inputs.sheet, "Moodle", _NEEDED)
    identifier, columns = sheet.column("Identifier"), [sheet.column(n) for n in _NAMES if n in sheet.header]

    def names(row: list[str], submission: str) -> bool:
        if number := moodle_number(submission):
            return row[identifier].rpartition(" ")[2] == number
        return any(named(row[at], submission) for at in (identifier, *columns))

    found = owners(reports, sheet, names, inputs.note)
    for report in reports:
        row = found.rows.get(report.submission)
        if row is not None and judged(report.labs, inputs):
            row[sheet.column(GRADE)] = f"{report.final_score + report.bonus}.00"
            if FEEDBACK in sheet.header:
                row[sheet.column(FEEDBACK)] = _feedback(report)
    yield ExportedFile("worksheet.csv", sheet.written())
    found.refuse_doubled()


def _feedback(report: Report) -> str:
    failed = [f"{place_of(check)} {check.title}".strip() for check in report.checks if check.costs_points]
    late = [lab.late.sentence for lab in report.labs if lab.late and lab.late.points]
    return "; ".join([*(failed or ["Everything that was asked for is there."]), *late])
