"""A report as JSON, schema `checks/report/v1`, for gradebooks and other programs.

The schema is beside this file as JSON Schema 2020-12 (`report_v1.schema.json`). The text is pure ASCII,
everything else escaped, so that on a terminal it can neither colour nor reorder anything.
"""

import json
from dataclasses import asdict
from typing import Any

from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports.reading import Reader

SCHEMA = "checks/report/v1"


def dump(report: Report) -> str:
    """Return the report as JSON: keys in the schema's order, two spaces of indent, a newline at the end.

    Raise ValueError for a time that JSON cannot represent (infinite, or not a number).
    """
    document = {
        "schema": SCHEMA,
        "submission": report.submission,
        "graded_at": report.graded_at,
        "engine": asdict(report.engine),
        "score": report.score,
        "max_score": report.max_score,
        "complete": report.complete,
        "labs": [_lab_document(lab) for lab in report.labs],
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def load(text: str) -> Report:
    """Parse a report; raise ValueError with the place of a mistake in the document.

    The totals are verified: they must be the sums of the checks.
    """
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("report: nested too deeply to be one") from None
    return _read_report(Reader(document, "report"))


def _lab_document(lab: LabResult) -> dict[str, Any]:
    return {
        "id": lab.id,
        "title": lab.title,
        "score": lab.score,
        "max_score": lab.max_score,
        "checks": [asdict(check) for check in lab.checks],
    }


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError(f"report: a key is there twice among {[key for key, _ in pairs]}")
    return document


def _no_number(name: str) -> float:
    raise ValueError(f"report: {name} is no number in JSON")


def _read_report(report: Reader) -> Report:
    report.only("schema", "submission", "graded_at", "engine", "score", "max_score", "complete", "labs")
    report.choice("schema", (SCHEMA,))
    read = Report(
        submission=report.text("submission"),
        graded_at=report.instant("graded_at"),
        engine=_read_engine(report.child("engine")),
        labs=tuple(_read_lab(lab) for lab in report.children("labs")),
    )
    report.agrees("score", report.whole("score"), read.score)
    report.agrees("max_score", report.whole("max_score"), read.max_score)
    report.agrees("complete", report.flag("complete"), read.complete)
    return read


def _read_engine(engine: Reader) -> EngineUsed:
    engine.only("kind", "version", "bases")
    return EngineUsed(
        kind=engine.choice("kind", ("host", "embedded", "none")),
        version=engine.text("version"),
        bases=engine.choice("bases", ("genuine", "stand-in", "none")),
    )


def _read_lab(lab: Reader) -> LabResult:
    lab.only("id", "title", "score", "max_score", "checks")
    checks = tuple(_read_check(check) for check in lab.children("checks"))
    read = LabResult(lab.text("id"), lab.text("title"), checks)
    lab.agrees("score", lab.whole("score"), read.score)
    lab.agrees("max_score", lab.whole("max_score"), read.max_score)
    return read


def _read_check(check: Reader) -> CheckResult:
    check.only(*CheckResult.__dataclass_fields__, optional=("blocked_by",))  # older reports lack it
    return CheckResult(
        id=check.text("id"),
        title=check.text("title"),
        kind=check.choice("kind", ("static", "container")),
        outcome=Outcome(check.choice("outcome", tuple(outcome.value for outcome in Outcome))),
        score=check.whole("score"),
        max_score=check.whole("max_score"),
        expected=check.text("expected"),
        actual=check.text("actual"),
        help=check.text("help"),
        file=check.text_or_none("file"),
        line=check.line_or_none("line"),
        seconds=check.seconds("seconds"),
        blocked_by=check.text_or_none("blocked_by"),
    )
