"""Exercism's test runner interface, version 3: a test per check, in the lab's order.

Exercism's runners have neither an engine nor a network, so only a `--static` grading fits it: checks that need
an engine are left out. It has no word for a check without a verdict but `error`, with the reason as message.
"""

import json
from collections.abc import Iterator
from typing import Any

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.explanation import cut, explanation
from checks.reports.formats.format import ExportedFile, ExportInputs, report_format

VERSION = 3
LONGEST_MESSAGE = 4_000
"""Characters; the whole file may have 500 kB."""


@report_format
def exercism(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """Exercism's results.json, version 3."""
    checks = inputs.asked(report.checks)
    document: dict[str, Any] = {"version": VERSION, "status": "error", "message": None}
    if all(check.is_open for check in checks):
        reasons = "\n".join(dict.fromkeys(explanation(check) for check in checks))
        document["message"] = cut(reasons, LONGEST_MESSAGE) or "No lab was graded."
    else:
        passed = all(check.is_met for check in checks if not check.is_bonus)
        document["status"] = "pass" if passed else "fail"
        document["tests"] = [_test(number, check) for number, check in enumerate(checks, start=1)]
    yield ExportedFile("results.json", json.dumps(document, indent=2) + "\n")


def _test(number: int, check: CheckResult) -> dict[str, Any]:
    status = (
        "pass" if check.is_met else "fail" if check.override or check.outcome is Outcome.FAIL else "error"
    )
    test = {"name": check.title, "status": status, "test_code": check.title, "task_id": number}
    message = cut(explanation(check), LONGEST_MESSAGE) or check.outcome.value
    return test if status == "pass" else {**test, "message": message}
