"""The grades of a class as one CSV file: a row per submission, a column per lab and per check."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.files import write_atomically
from checks.sanitize import sanitize_line

# First characters of a formula in a spreadsheet, including full-width forms (OWASP, "CSV Injection").
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def write_gradebook(reports: Iterable[Report], path: Path) -> None:
    """Write the class, sorted by submission, atomically; raise OSError as `open` does.

    A cell is empty if the check was not judged (`not-run`, `error`) or the lab was not graded. Columns for what
    people and due dates change are there if anything was changed.
    """
    rows = sorted(reports, key=lambda report: report.submission)
    labs, changes = lab_columns(rows), _change_columns(rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    header = ["submission", "score", "max_score", "complete", "status", *changes]
    writer.writerow(
        [*header, *(safe_cell(column) for lab, checks in labs.items() for column in (lab, *checks))]
    )
    for report in rows:
        writer.writerow(_row(report, labs, changes))
    write_atomically(path, text.getvalue())


def status(report: Report) -> str:
    """Return `graded`, `incomplete` (a check was not run), `error` (the grader's) or `refused` (no checks)."""
    if not report.checks:
        return "refused"
    outcomes = {check.outcome for check in report.checks if check.is_open}
    if Outcome.ERROR in outcomes:
        return "error"
    return "incomplete" if outcomes else "graded"


def lab_columns(reports: Sequence[Report]) -> dict[str, list[str]]:
    """Return each lab's id with its checks as `lab/check-id`.

    The report with the most labs sets the order, so that the columns do not change when a submission
    with fewer labs comes first.
    """
    labs: dict[str, dict[str, None]] = {}
    for report in sorted(reports, key=lambda report: (-len(report.labs), report.submission)):
        for lab in report.labs:
            labs.setdefault(lab.id, {}).update(dict.fromkeys(f"{lab.id}/{check.id}" for check in lab.checks))
    return {lab: list(checks) for lab, checks in labs.items()}


def safe_cell(text: str) -> str:
    """Return text that a spreadsheet does not compute: put an apostrophe before the start of a formula."""
    shown = sanitize_line(text)
    return f"'{shown}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else shown


def _change_columns(reports: Sequence[Report]) -> list[str]:
    """Return the columns for due dates and for scores that a person has set, if there are any."""
    late = ["days_late", "final_score"] if any(lab.late for report in reports for lab in report.labs) else []
    overridden = any(check.override for report in reports for check in report.checks)
    return [*late, *(["set_by_a_person"] if overridden else [])]


def _changes(report: Report) -> dict[str, str]:
    """Return the cells of those columns: the most days late, the points after that, and the checks' names."""
    names = [f"{lab.id}/{check.id}" for lab in report.labs for check in lab.checks if check.override]
    days = max((lab.late.days for lab in report.labs if lab.late), default=0)
    cells = {"days_late": str(days), "final_score": str(report.final_score)}
    return {**cells, "set_by_a_person": safe_cell(" ".join(names))}


def _row(report: Report, labs: dict[str, list[str]], changes: Sequence[str]) -> list[str]:
    cells = _cells(report)
    complete = "true" if report.complete else "false"
    return [
        safe_cell(report.submission),
        str(report.score),
        str(report.max_score),
        complete,
        status(report),
        *(_changes(report)[column] for column in changes),
        *(cells.get(column, "") for lab, checks in labs.items() for column in (lab, *checks)),
    ]


def _cells(report: Report) -> dict[str, str]:
    cells = {lab.id: str(lab.score) for lab in report.labs}
    cells.update({f"{lab.id}/{check.id}": _points(check) for lab in report.labs for check in lab.checks})
    return cells


def _points(check: CheckResult) -> str:
    return "" if check.is_open else str(check.score)
