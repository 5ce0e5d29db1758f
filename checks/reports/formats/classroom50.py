"""Classroom 50's `result.json`, schema `classroom50/result/v1`, with the notes for its release page.

Its runner says by environment variables what it grades, and `make classroom50` writes the autograder that adds
SUBMITTED_AT: when GitHub got the push, or, where no push began the run, the committer date, which a student can
set. It is `datetime`, from which lateness is derived, so it stays the same when the same run grades again;
`graded_at` is the time of the grading.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.explanation import explanation
from checks.reports.formats.format import ExportedFile, ExportError, ExportInputs, report_format
from checks.reports.formats.markdown import document

SCHEMA = "classroom50/result/v1"
WANTED = ("CLASSROOM", "ASSIGNMENT", "OWNER", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "SUBMITTED_AT")


@report_format
def classroom50(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Classroom 50's result.json, release notes and output lines."""
    result = _of_submission(inputs.environment) | {
        "graded_at": report.graded_at,
        "score": report.score,
        "max-score": report.max_score,
        "tests": [_test(lab, check) for lab in report.labs for check in lab.checks],
    }
    yield ExportedFile("result.json", json.dumps(result, indent=2) + "\n")
    yield ExportedFile("release-body.md", document(report))
    yield ExportedFile("output.txt", "\n".join(_output(report)) + "\n", variable="GITHUB_OUTPUT")


def _of_submission(environment: Mapping[str, str]) -> dict[str, Any]:
    if missing := [name for name in WANTED if not environment.get(name)]:
        lacking = ", ".join(missing)
        raise ExportError(
            f"the format `classroom50` needs the variables of its autograder; missing: {lacking}"
        )
    return {
        "schema": SCHEMA,
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environment["OWNER"],
        "submission": environment["SUBMISSION_TAG"],
        "commit": environment["COMMIT_URL"],
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": _instant(environment["SUBMITTED_AT"]),
    }


def _instant(text: str) -> str:
    """Return a time as UTC with a `Z`; git writes one with the offset of its author."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise ExportError(f"SUBMITTED_AT should be a time in ISO 8601, and is {text!a}") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _test(lab: LabResult, check: CheckResult) -> dict[str, Any]:
    """Return a test; the points of a bonus have a key of their own, since no score may exceed its maximum."""
    return {
        "test-name": check.title,
        "passed": check.is_met,
        "score": 0 if check.is_bonus else check.score,
        "max-score": check.max_score,
        "id": f"{lab.id}/{check.id}",
        "outcome": check.outcome.value,
        "file": check.file,
        "line": check.line,
        "bonus": check.score if check.is_bonus else 0,
        "details": explanation(check),
    }


def _output(report: Report) -> Iterator[str]:
    broken = not report.checks or any(check.is_open for check in report.checks)
    passed = report.score == report.max_score
    yield f"status={'error' if broken else 'success' if passed else 'failure'}"
    yield f"summary={report.score} of {report.max_score} points"
