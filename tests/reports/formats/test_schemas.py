"""JSON exports keep to what their readers document (`schemas/`), for every outcome and any text."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checks.outcomes import CheckResult, Outcome, Report
from tests.reports.hostile_texts import HOSTILE
from tests.tools import package

SCHEMAS = {path.stem: path for path in sorted((Path(__file__).parent / "schemas").glob("*.json"))}
LIMITS = {"exercism": 500_000, "prairielearn": 1_000_000}  # bytes of a file
Export = Callable[..., Mapping[str, str]]


def validated(name: str, files: Mapping[str, str]) -> Any:
    """Return the document of an export after its schema."""
    document = json.loads(next(iter(files.values())))
    _validator(name).validate(document)
    return document


@cache
def _validator(name: str) -> Any:
    jsonschema, schema = package("jsonschema"), json.loads(SCHEMAS[name].read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _with_text(report: Report, text: str) -> Report:
    checks = tuple(replace(c, expected=text, actual=text, help=text, file=text) for c in report.checks)
    return replace(report, submission=text, labs=(replace(report.labs[0], checks=checks),))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_report_with_every_outcome_is_valid(name: str, export: Export, mixed: Report) -> None:
    validated(name, export(name, mixed))


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("outcome", Outcome)
def test_a_report_of_one_outcome_is_valid(
    name: str, outcome: Outcome, export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    score = 2 if outcome is Outcome.PASS else 0
    validated(name, export(name, report(replace(failed, outcome=outcome, score=score))))


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_graded_is_valid(name: str, export: Export, mixed: Report) -> None:
    validated(name, export(name, replace(mixed, labs=())))


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_stays_text(name: str, text: str, export: Export, mixed: Report) -> None:
    files = export(name, _with_text(mixed, text))
    validated(name, files)
    assert all("\x1b" not in written for written in files.values())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), LIMITS.items())
def test_a_long_report_stays_within_the_limit(
    name: str, most: int, export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    checks = [replace(failed, id=f"c{n}", actual="\u202e" * 100_000) for n in range(30)]
    files = export(name, report(*checks))
    validated(name, files)
    assert all(len(text.encode()) <= most for text in files.values())


@pytest.mark.parametrize(("name", "key"), [("exercism", "message"), ("prairielearn", "output")])
def test_a_text_that_is_cut_says_so(
    name: str, key: str, export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    (test,) = validated(name, export(name, report(replace(failed, actual="x" * 9_000))))["tests"]
    assert re.search(r"x\n\(cut here: 9,\d+ characters in all\)$", test[key])


def test_exercism_has_no_verdict_only_if_nothing_was_judged(
    export: Export, mixed: Report, report: Callable[..., Report]
) -> None:
    broken = [check for check in mixed.checks if check.outcome in {Outcome.ERROR, Outcome.NOT_RUN}]
    assert validated("exercism", export("exercism", report(*broken)))["status"] == "error"
    found = validated("exercism", export("exercism", mixed))
    assert [test["status"] for test in found["tests"]] == ["pass", "fail", "fail", "error", "error", "error"]


@pytest.mark.parametrize(
    ("outcomes", "graded"),
    [
        ((Outcome.PASS, Outcome.FAIL), (True, 0.5)),
        ((Outcome.PASS, Outcome.ERROR), (False, 0.0)),
        ((Outcome.PASS, Outcome.NOT_RUN), (False, 0.0)),
        ((Outcome.PASS, Outcome.PASS), (True, 1.0)),
    ],
)
def test_prairielearn_takes_no_attempt_for_a_fault_of_ours(
    outcomes: tuple[Outcome, ...],
    graded: tuple[bool, float],
    export: Export,
    report: Callable[..., Report],
    failed: CheckResult,
) -> None:
    checks = [replace(failed, outcome=o, score=2 if o is Outcome.PASS else 0) for o in outcomes]
    found = validated("prairielearn", export("prairielearn", report(*checks)))
    assert (found["gradable"], found["score"]) == graded


@pytest.mark.parametrize("name", ["gradescope", "exercism", "prairielearn"])
def test_a_static_grading_leaves_out_what_needs_an_engine(name: str, export: Export, mixed: Report) -> None:
    names = {static: str(export(name, mixed, static=static)) for static in (False, True)}
    assert "It matches." in names[False]
    assert "It matches." not in names[True]


def test_gradescope_has_the_points_of_each_check(export: Export, mixed: Report) -> None:
    tests = validated("gradescope", export("gradescope", mixed))["tests"]
    assert [(test["number"], test["score"], test["max_score"], test["status"]) for test in tests][:3] == [
        ("1.1", 1, 1, "passed"),
        ("1.2", 0, 2, "failed"),
        ("1.3", 0, 2, "failed"),
    ]


def test_classroom_50_dates_a_submission_by_its_commit(export: Export, mixed: Report) -> None:
    again = replace(mixed, graded_at="2027-01-01T00:00:00Z")
    found = [validated("classroom50", export("classroom50", each)) for each in (mixed, again)]
    assert {each["datetime"] for each in found} == {"2026-11-25T15:44:00Z"}
    assert [each["graded_at"] for each in found] == [mixed.graded_at, again.graded_at]
    assert all(0 <= test["score"] <= test["max-score"] for each in found for test in each["tests"])


def test_no_two_entries_of_gitlab_share_a_fingerprint(export: Export, mixed: Report) -> None:
    two = replace(mixed, labs=(mixed.labs[0], replace(mixed.labs[0], id="lab_other")))
    prints = [entry["fingerprint"] for entry in validated("gitlab", export("gitlab", two))]
    assert len(set(prints)) == len(prints) == 4


def test_a_result_of_sarif_covers_its_line(export: Export, mixed: Report) -> None:
    lines = ["FROM ubuntu:20.04", "", "RUN a && b"]
    found = validated("sarif", export("sarif", mixed, lines=lambda _: lambda _: lines))
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in found["runs"][0]["results"]]
    assert [(region["startLine"], region["endColumn"]) for region in regions] == [(3, 11), (1, 18)]
