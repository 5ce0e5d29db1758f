"""Every format is written for many people, with the worst names among them, and read back."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from checks.outcomes import CheckResult, Outcome, Report
from tests.reports.formats.test_schemas import SCHEMAS, validated
from tests.reports.hostile_texts import HOSTILE

Export = Callable[..., Mapping[str, str]]


@pytest.fixture
def many(mixed: Report, report: Callable[..., Report], failed: CheckResult) -> Sequence[Report]:
    """200 reports: full marks, failures, and every outcome."""
    full = report(replace(failed, outcome=Outcome.PASS, score=2))
    kinds = (full, report(failed), mixed)
    names = [*HOSTILE, *(f"student {number}" for number in range(200 - len(HOSTILE)))]
    return [replace(kinds[number % 3], submission=name) for number, name in enumerate(names)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_is_valid_for_each(name: str, many: Sequence[Report], export: Export) -> None:
    for each in many:
        validated(name, export(name, each))


def test_xml_is_well_formed_for_each(many: Sequence[Report], export: Export) -> None:
    roots = [ET.fromstring(export("junit", each)["junit.xml"]) for each in many]
    assert sum(len(list(root.iter("testcase"))) for root in roots) == sum(len(r.checks) for r in many)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "header", "column"),
    [
        ("canvas-csv", ("Student", "ID", "Section", "Layers"), "Layers"),
        ("moodle-csv", ("Identifier", "Full name", "Grade", "Last modified (grade)"), "Grade"),
    ],
)
def test_a_sheet_has_a_grade_for_each_that_was_judged(
    name: str, header: Sequence[str], column: str, many: Sequence[Report], export: Export
) -> None:
    rows = [[each.submission if at == 1 else "" for at in range(len(header))] for each in many[40:]]
    sheet = "\n".join(",".join(row) for row in [header, *rows])
    (text,) = export(name, *many, sheet=sheet).values()
    read = list(csv.DictReader(text.splitlines()))
    assert len(read) == 160
    graded = [each.complete for each in many[40:]]
    assert [bool(row[column]) for row in read] == graded


def test_the_class_page_has_a_row_and_a_page_for_each(many: Sequence[Report], export: Export) -> None:
    text = export("html", *many)["index.html"]
    assert len(re.findall(r'<article class="student" id="student-\d+">', text)) == 200
    assert len(re.findall(r'<tr data-status="\w+">', text)) == 200
    assert text.encode()  # no lone surrogate is left
