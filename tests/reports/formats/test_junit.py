"""JUnit XML: well formed for any text, and each outcome where CI systems look for it."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports.formats.junit import dump

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def _suite(report: Report) -> ET.Element:
    suite = ET.fromstring(dump(report)).find("testsuite")
    assert suite is not None
    return suite


def test_each_outcome_has_its_element(mixed: Report) -> None:
    tags = [
        [child.tag for child in case if child.tag != "properties"] for case in _suite(mixed).iter("testcase")
    ]
    assert tags == [[], ["failure"], ["failure"], ["skipped"], ["skipped"], ["error"]]


def test_counts_are_those_of_the_elements(mixed: Report) -> None:
    suite = _suite(mixed)
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "6", "failures": "2", "errors": "1", "skipped": "2"}


def test_points_are_properties(mixed: Report) -> None:
    properties = {p.get("name"): p.get("value") for p in _suite(mixed).findall("properties/property")}
    assert (properties["score"], properties["max_score"], properties["bases"]) == ("1", "9", "stand-in")


def test_a_failure_names_its_place(mixed: Report) -> None:
    case = next(case for case in _suite(mixed).iter("testcase") if case.get("name") == "one-command-per-run")
    assert (case.get("classname"), case.get("file"), case.get("line")) == (
        "task1_layers",
        "task1_layers/Dockerfile",
        "3",
    )
    assert "task1_layers/Dockerfile:3" in (case.findtext("failure") or "")


def test_hostile_text_stays_text(hostile: Report) -> None:
    assert _suite(hostile).get("tests") == "6"
    assert "\x1b" not in dump(hostile)


@given(ANY_TEXT)
def test_any_text_is_well_formed(text: str) -> None:
    check = CheckResult(text, text, "static", Outcome.FAIL, 0, 1, text, text, text, text, 1)
    report = Report(text, text, EngineUsed(version=text), (LabResult(text, text, (check,)),))
    document = ET.fromstring(dump(report).encode("utf-8"))
    assert [case.get("line") for case in document.iter("testcase")] == ["1"]


def test_a_report_without_labs_is_well_formed(mixed: Report) -> None:
    assert ET.fromstring(dump(replace(mixed, labs=()))).get("tests") == "0"
