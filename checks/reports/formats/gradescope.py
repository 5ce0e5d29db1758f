"""Gradescope's `results.json`: a test per check, with points and the reason.

Gradescope knows `passed` and `failed` only, so a check that did not come to a verdict is `failed` with the
reason. Its container has no engine: with `--static`, checks that need one are left out and counted in the
summary.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.explanation import explanation
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format
from checks.reports.json_v1 import SCHEMA
from checks.reports.verdict import next_step, scores


@report_format
def gradescope(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Gradescope's results.json."""
    tests = [
        _test(f"{at}.{number}", lab, check)
        for at, lab in enumerate(report.labs, start=1)
        for number, check in enumerate(inputs.asked(lab.checks), start=1)
    ]
    document = {
        "execution_time": round(sum(check.seconds for check in report.checks), 3),
        "output": "\n".join(_summary(report, inputs.asked(report.checks))),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"schema": SCHEMA, "graded_at": report.graded_at},
        "tests": tests,
    }
    if not tests:
        document["score"] = 0
    yield ExportedFile("results.json", json.dumps(document, indent=2) + "\n")


def _test(number: str, lab: LabResult, check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.title,
        "number": number,
        "score": check.score,
        "max_score": check.max_score,
        "status": "passed" if check.is_met else "failed",
        "output": explanation(check) or check.outcome.value,
        "output_format": "text",
        "tags": [lab.id, check.kind],
        "visibility": "visible",
        "extra_data": {"id": f"{lab.id}/{check.id}", "outcome": check.outcome.value},
    }


def _summary(report: Report, asked: Sequence[CheckResult]) -> Iterator[str]:
    yield from (f"{name}: {points}" for name, points in scores(report).items())
    if broken := sum(check.is_open for check in asked):
        yield f"{broken} checks came to no verdict, by no fault of yours: ask for another grading."
    if left := len(report.checks) - len(asked):
        yield f"{left} checks need an engine and are not graded here: your own copy of the course runs them."
    yield next_step(report)
