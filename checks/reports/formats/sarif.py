"""SARIF 2.1.0 for GitHub's code scanning: a run per lab, a rule per check, a result per failure.

Code scanning refuses an empty text, shows a result at its first place only, and needs a line: a failure without
one is shown at line 1 of the file that it should be in. It is free for public repositories only.
"""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from checks.outcomes import CheckResult, LabResult, Report
from checks.reports.explanation import sentence, shown_file
from checks.reports.formats.format import ExportedFile, ExportInputs, Lines, report_format

TOOL = "graded-docker-lab"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LONGEST = 1024
"""Characters of a rule's texts."""


@report_format
def sarif(report: Report, inputs: ExportInputs) -> Iterator[ExportedFile]:
    """SARIF 2.1.0, for GitHub's code scanning and for editors."""
    lines = inputs.lines(report.submission)
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(lab, lines) for lab in report.labs]}
    yield ExportedFile("results.sarif", json.dumps(document, indent=2) + "\n")


def _run(lab: LabResult, lines: Lines) -> dict[str, Any]:
    failed = [(index, c) for index, c in enumerate(lab.checks) if c.costs_points]
    return {
        "tool": {"driver": {"name": TOOL, "rules": [_rule(lab, check) for check in lab.checks]}},
        "automationDetails": {"id": f"{lab.id}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(lab, index, check, lines) for index, check in failed],
    }


def _rule(lab: LabResult, check: CheckResult) -> dict[str, Any]:
    title = check.title[:LONGEST]
    return {
        "id": f"{lab.id}/{check.id}",
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": check.help[:LONGEST] or title},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [check.kind], "points": check.max_score},
    }


def _result(lab: LabResult, index: int, check: CheckResult, lines: Lines) -> dict[str, Any]:
    file, line = shown_file(lab, check), check.line or 1
    text = _text(lines(file) or (), line)
    region = {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": len(text) + 1}
    place = {"artifactLocation": {"uri": quote(file)}, "region": region}
    return {
        "ruleId": f"{lab.id}/{check.id}",
        "ruleIndex": index,
        "level": "error",
        "message": {"text": sentence(check)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": f"{_digest(lab.id, check.id, text)}:1"},
    }


def _text(lines: Sequence[str], line: int) -> str:
    return lines[line - 1].rstrip("\r") if line <= len(lines) else ""


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:16]
