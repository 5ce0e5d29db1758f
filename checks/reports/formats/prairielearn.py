"""PrairieLearn's external grading results: a share of the points, and a test per check.

A grading that is not `gradable` costs the student no attempt there, which is right for what is no fault of
theirs.
"""

import json
from collections.abc import Iterator
from typing import Any

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.explanation import cut, explanation
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format
from checks.reports.verdict import next_step

LONGEST = 4_000
"""Characters of one text; the whole file may have 1 MB."""


@report_format
def prairielearn(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """PrairieLearn's results.json of an external grader."""
    placed = [(lab, check) for lab in report.labs for check in inputs.asked(lab.checks)]
    gradable = bool(placed) and not any(check.is_open for _, check in placed)
    most = sum(check.max_score for _, check in placed)
    won = sum(check.score for _, check in placed if not check.is_bonus)
    document = {
        "gradable": gradable,
        "score": won / most if gradable and most else 0.0,
        "message": cut(next_step(report), LONGEST),
        "output": "",
        "format_errors": [],
        "tests": [_test(lab, check) for lab, check in placed],
    }
    yield ExportedFile("results.json", json.dumps(document, indent=2) + "\n")


def _test(lab: LabResult, check: CheckResult) -> dict[str, Any]:
    return {
        "name": f"{lab.id}/{check.id}",
        "description": check.title,
        "points": check.score,
        "max_points": check.max_score,
        "message": check.outcome.value,
        "output": cut(explanation(check), LONGEST),
    }
