"""The two notices of GitHub's retired Classroom, which tools that succeeded it still read.

They have numbers only, and nothing that a student wrote; without points to win there are none.
"""

import json
from collections.abc import Iterator

from checks.outcomes import Report
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format


@report_format
def classroom(report: Report, _inputs: ExportInputs) -> Iterator[ExportedFile]:
    """The two notices of GitHub Classroom, for the log of a workflow."""
    points = json.dumps({"totalPoints": report.score, "maxPoints": report.max_score}, separators=(",", ":"))
    lines = [
        f"::notice title=Autograding complete::Points {report.score}/{report.max_score}\n",
        f"::notice title=Autograding report::{points}\n",
    ]
    yield ExportedFile("notices.txt", "".join(lines if report.max_score else ()))
