"""Classroom 50's `result.json`, schema `classroom50/result/v1`, with the notes for its release page.

Its runner says by environment variables what it grades. A time of grading is `graded_at`; `datetime` is that of
the submission and stays the same when it is graded again, since lateness is derived from it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.explanation import explanation
from checks.reports.formats.format import ExportedFile, ExportError, ExportInputs, report_format
from checks.reports.formats.markdown import document

SCHEMA = "classroom50/result/v1"
_TAG = re.compile(r"submit/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+")


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
    wanted = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "OWNER")
    if missing := [name for name in wanted if not environment.get(name)]:
        raise ExportError(
            f"the format `classroom50` needs the variables of Classroom 50's runner; missing: {', '.join(missing)}"
        )
    classroom, assignment, tag, commit, release, owner = (environment[name] for name in wanted)
    if (match := _TAG.fullmatch(tag)) is None:
        raise ExportError(f"SUBMISSION_TAG should be submit/YYYYMMDDTHHMMSSZ-commit, and is {tag!a}")
    year, month, day, hour, minute, second = match.groups()
    return {
        "schema": SCHEMA,
        "classroom": classroom,
        "assignment": assignment,
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": owner,
        "submission": tag,
        "commit": commit,
        "release": release,
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": f"{year}-{month}-{day}T{hour}:{minute}:{second}Z",
    }


def _test(lab: LabResult, check: CheckResult) -> dict[str, Any]:
    """Return a test; the points of a bonus have a key of their own, since no score may exceed its maximum."""
    return {
        "test-name": check.title,
        "passed": check.outcome is Outcome.PASS,
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
    outcomes = {check.outcome for check in report.checks}
    broken = not outcomes or outcomes & {Outcome.ERROR, Outcome.NOT_RUN}
    passed = report.score == report.max_score
    yield f"status={'error' if broken else 'success' if passed else 'failure'}"
    yield f"summary={report.score} of {report.max_score} points"
