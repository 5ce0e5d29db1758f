"""A report as JSON, schema `checks/report/v1`, for gradebooks and other programs.

The schema is beside this file as JSON Schema 2020-12 (`report_v1.schema.json`). The text is pure ASCII,
everything else escaped, so that on a terminal it can neither colour nor reorder anything. Keys that the schema does
not require are left out where there is nothing to say.
"""

import json
from dataclasses import asdict
from typing import Any

from checks.amendments import Lateness, Override
from checks.layer_result import LayerResult
from checks.outcomes import CheckResult, Course, EngineUsed, LabResult, Outcome, Report
from checks.reports.reading import Reader

SCHEMA = "checks/report/v1"
MORE = ("course", "submission_digest", "final_score")  # keys of a report that are not required
MORE_OF_CHECK = ("blocked_by", "override")  # and of a check


def dump(report: Report) -> str:
    """Return the report as JSON: keys in the schema's order, two spaces of indent, a newline at the end.

    Raise ValueError for a time that JSON cannot represent (infinite, or not a number).
    """
    document = {
        "schema": SCHEMA,
        "submission": report.submission,
        "graded_at": report.graded_at,
        "engine": _without(asdict(report.engine), "store"),
        "score": report.score,
        "max_score": report.max_score,
        "complete": report.complete,
        "labs": [_lab_document(lab) for lab in report.labs],
        "course": _without(asdict(report.course), "edition") if report.course else None,
        "submission_digest": report.digest,
        "final_score": report.final_score if any(lab.late for lab in report.labs) else None,
    }
    document = _without(document, *MORE)
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


def _without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    """Leave out those of the named keys that have nothing to say."""
    return {key: value for key, value in document.items() if key not in names or value not in (None, "")}


def _lab_document(lab: LabResult) -> dict[str, Any]:
    document = {
        "id": lab.id,
        "title": lab.title,
        "score": lab.score,
        "max_score": lab.max_score,
        "checks": [_without(asdict(check), *MORE_OF_CHECK) for check in lab.checks],
        "late": asdict(lab.late) if lab.late else None,
        "layers": [asdict(layer) for layer in lab.layers] or None,
    }
    return _without(document, "late", "layers")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError(f"report: a key is there twice among {[key for key, _ in pairs]}")
    return document


def _no_number(name: str) -> float:
    raise ValueError(f"report: {name} is no number in JSON")


def _read_report(report: Reader) -> Report:
    report.only(
        "schema", "submission", "graded_at", "engine", "score", "max_score", "complete", "labs", more=MORE
    )
    report.choice("schema", (SCHEMA,))
    read = Report(
        submission=report.text("submission"),
        graded_at=report.instant("graded_at"),
        engine=_read_engine(report.child("engine")),
        labs=tuple(_read_lab(lab) for lab in report.children("labs")),
        course=_read_course(report.child("course")) if report.has("course") else None,
        digest=report.text("submission_digest") if report.has("submission_digest") else "",
    )
    report.agrees("score", report.whole("score"), read.score)
    report.agrees("max_score", report.whole("max_score"), read.max_score)
    report.agrees("complete", report.flag("complete"), read.complete)
    if report.has("final_score"):
        report.agrees("final_score", report.whole("final_score"), read.final_score)
    return read


def _read_course(course: Reader) -> Course:
    course.only("version", "digest", more=("edition",))
    edition = course.text("edition") if course.has("edition") else ""
    return Course(course.text("version"), course.text("digest"), edition)


def _read_engine(engine: Reader) -> EngineUsed:
    engine.only("kind", "version", "bases", more=("store",))
    return EngineUsed(
        kind=engine.choice("kind", ("host", "embedded", "none")),
        version=engine.text("version"),
        bases=engine.choice("bases", ("genuine", "stand-in", "none")),
        store=engine.text("store") if engine.has("store") else "",
    )


def _read_lab(lab: Reader) -> LabResult:
    lab.only("id", "title", "score", "max_score", "checks", more=("late", "layers"))
    checks = tuple(_read_check(check) for check in lab.children("checks"))
    late = _read_lateness(lab.child("late")) if lab.has("late") else None
    layers = tuple(_read_layer(layer) for layer in lab.children("layers")) if lab.has("layers") else ()
    read = LabResult(lab.text("id"), lab.text("title"), checks, late, layers)
    lab.agrees("score", lab.whole("score"), read.score)
    lab.agrees("max_score", lab.whole("max_score"), read.max_score)
    return read


def _read_layer(layer: Reader) -> LayerResult:
    layer.only("file", "line", "bytes", "reused")
    reused = layer.flag_or_none("reused")
    return LayerResult(layer.text("file"), layer.line_or_none("line"), layer.whole("bytes"), reused)


def _read_check(check: Reader) -> CheckResult:
    check.only(
        *(key for key in CheckResult.__dataclass_fields__ if key not in MORE_OF_CHECK), more=MORE_OF_CHECK
    )
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
        blocked_by=check.text("blocked_by") if check.has("blocked_by") else None,
        override=_read_override(check.child("override")) if check.has("override") else None,
    )


def _read_override(override: Reader) -> Override:
    override.only(*Override.__dataclass_fields__)
    texts = (override.text(key) for key in ("reason", "date", "by"))
    return Override(override.whole("score"), override.whole("graded"), *texts)


def _read_lateness(late: Reader) -> Lateness:
    late.only(*Lateness.__dataclass_fields__)
    return Lateness(
        due=late.text("due"),
        submitted=late.text("submitted"),
        source=late.text("source"),
        days=late.whole("days"),
        points=late.whole("points"),
        extension=late.text("extension"),
    )
