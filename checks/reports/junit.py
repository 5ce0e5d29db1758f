"""A report as JUnit XML, for CI systems that show test results.

JUnit XML has no standard; this is the subset that its readers agree on: a `testsuite` per lab, a `testcase` per
check, and the points as properties. `fail` becomes `failure`, `error` becomes `error`; `blocked` and
`not-run` become `skipped`, with the reason.
"""

import re
from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from checks.outcomes import CheckResult, LabResult, Outcome, Report

_TAGS = {
    Outcome.FAIL: "failure",
    Outcome.ERROR: "error",
    Outcome.BLOCKED: "skipped",
    Outcome.NOT_RUN: "skipped",
}
# XML 1.0, production 2 (Char); the carriage return is legal, but a parser turns it into a newline.
_NOT_A_CHARACTER = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def dump(report: Report) -> str:
    """Return the report as an XML document; escape characters that XML forbids."""
    root = Element("testsuites", {"name": _legal(report.submission), **_counts(report.checks)})
    for lab in report.labs:
        _add_lab(root, lab, report)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add_lab(root: Element, lab: LabResult, report: Report) -> None:
    names = {"name": lab.id, "timestamp": report.graded_at, "hostname": report.engine.kind}
    suite = SubElement(root, "testsuite", _attributes(names) | _counts(lab.checks))
    properties: dict[str, str | int] = {
        "title": lab.title,
        "score": lab.score,
        "max_score": lab.max_score,
        "engine": f"{report.engine.kind} {report.engine.version}".strip(),
        "bases": report.engine.bases,
        **({"late": lab.late.sentence} if lab.late else {}),
    }
    _add_properties(suite, properties)
    for check in lab.checks:
        _add_check(suite, lab, check)


def _add_check(suite: Element, lab: LabResult, check: CheckResult) -> None:
    attributes = {"classname": lab.id, "name": check.id, "time": f"{check.seconds:.3f}"}
    if check.file is not None:
        attributes["file"] = check.file
    if check.line is not None:
        attributes["line"] = str(check.line)
    case = SubElement(suite, "testcase", _attributes(attributes))
    set_by_person = {"set_by_a_person": check.override.sentence} if check.override else {}
    points = {"score": check.score, "max_score": check.max_score}
    _add_properties(case, {"title": check.title, **points, **set_by_person})
    if (tag := _TAGS.get(check.outcome)) is not None:
        # CI systems show the message as one line and the text below it.
        message = {"message": check.actual.partition("\n")[0], "type": check.outcome.value}
        SubElement(case, tag, _attributes(message)).text = _legal(_reason(check))


def _reason(check: CheckResult) -> str:
    place = ":".join(str(part) for part in (check.file, check.line) if part is not None)
    parts = {"at": place, "expected": check.expected, "actual": check.actual, "help": check.help}
    return "\n".join(f"{name}: {part}" for name, part in parts.items() if part)


def _add_properties(parent: Element, values: dict[str, str | int]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in values.items():
        SubElement(properties, "property", {"name": name, "value": _legal(str(value))})


def _counts(checks: Iterable[CheckResult]) -> dict[str, str]:
    checks = tuple(checks)
    tags = Counter(_TAGS.get(check.outcome) for check in checks)
    return {
        "tests": str(len(checks)),
        "failures": str(tags["failure"]),
        "errors": str(tags["error"]),
        "skipped": str(tags["skipped"]),
        "time": f"{sum(check.seconds for check in checks):.3f}",
    }


def _attributes(values: dict[str, str]) -> dict[str, str]:
    return {name: _legal(value) for name, value in values.items()}


def _legal(text: str) -> str:
    return _NOT_A_CHARACTER.sub(lambda match: ascii(match[0])[1:-1], text)
