"""GitLab's code quality report: a list with an entry per failure.

GitLab shows two entries with the same fingerprint once, and compares fingerprints with those of the target
branch: it is made of what names a failure and not of its text, which may change.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.explanation import sentence, shown_file
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format


@report_format
def gitlab(report: Report, _inputs: ExportInputs) -> Iterator[ExportedFile]:
    """GitLab's code quality report, for the widget of a merge request."""
    failed = [_issue(lab, c) for lab in report.labs for c in lab.checks if c.costs_points]
    yield ExportedFile("gl-code-quality-report.json", json.dumps(failed, indent=2) + "\n")


def _issue(lab: LabResult, check: CheckResult) -> dict[str, Any]:
    name, file = f"{lab.id}/{check.id}", shown_file(lab, check)
    return {
        "description": f"{check.title} {sentence(check)}",
        "check_name": name,
        "fingerprint": sha256(f"{name}\0{file}".encode()).hexdigest(),
        "severity": "info" if check.is_bonus else "minor" if check.max_score == 1 else "major",
        "location": {"path": file, "lines": {"begin": check.line or 1}},
    }
