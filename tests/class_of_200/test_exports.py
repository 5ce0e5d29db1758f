"""Every format is written for the class of 200, from real results, and read back by its own validator."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from checks.reports.formats import all_formats
from tests.class_of_200.conftest import GradedClass
from tests.class_of_200.sheets import ABSENT, FILLED, TITLES
from tests.class_of_200.submissions import COUNT
from tests.reports.formats.test_markdown import tags
from tests.reports.formats.test_schemas import LIMITS, SCHEMAS, validated
from tests.reports.formats.test_workflow_commands import commands

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

Files = Mapping[str, str]
Exports = Callable[[str], Mapping[str, Files]]
OF_CLASS = {"canvas-csv": "gradebook.csv", "html": "index.html", "moodle-csv": "worksheet.csv"}


@pytest.fixture(scope="module")
def exports(graded_class: GradedClass) -> Exports:
    """`exports(name)`: what a format wrote for each submission, by the name of the file."""

    def written(name: str) -> Mapping[str, Files]:
        folders = sorted((graded_class.out / name).iterdir())
        return {folder.name: {file.name: _text(file) for file in folder.iterdir()} for folder in folders}

    return written


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def test_each_format_has_a_folder_for_each(graded_class: GradedClass) -> None:
    for name in all_formats():
        found = {path.name for path in (graded_class.out / name).iterdir()}
        assert found == ({OF_CLASS[name]} if name in OF_CLASS else graded_class.reports.keys()), name


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_is_valid(name: str, exports: Exports) -> None:
    for files in exports(name).values():
        documents = {file: text for file, text in files.items() if file.endswith((".json", ".sarif"))}
        validated(name, documents)
        assert name not in LIMITS or all(len(text.encode()) <= LIMITS[name] for text in files.values())


def test_xml_has_each_check(exports: Exports, graded_class: GradedClass) -> None:
    cases = {
        name: len(list(ET.fromstring(files["junit.xml"]).iter("testcase")))
        for name, files in exports("junit").items()
    }
    assert cases == {name: len(report.checks) for name, report in graded_class.reports.items()}


def test_workflow_commands_are_all_that_a_runner_reads(exports: Exports) -> None:
    for files in exports("github").values():
        levels = commands(files["annotations.txt"])
        assert max(levels.count(level) for level in ("::error", "::warning")) <= 10
        assert len(files["summary.md"].encode()) < 2**20
    assert {len(commands(files["notices.txt"])) for files in exports("classroom").values()} == {2}
    assert {files["output.txt"].count("\n") for files in exports("classroom50").values()} == {2}


def test_markdown_has_a_table_for_each_lab_and_no_element(exports: Exports) -> None:
    for name, file in (("markdown", "report.md"), ("github", "summary.md")):
        for files in exports(name).values():
            found = tags(files[file])
            assert found.count("table_open") >= len(TITLES)
            assert not {"html_block", "html_inline", "image", "link_open"} & set(found)


def test_canvas_has_the_points_of_each(graded_class: GradedClass) -> None:
    rows = _rows(graded_class.out / "canvas-csv" / OF_CLASS["canvas-csv"])
    absent = rows.pop()
    assert (absent["Student"], {absent[title] for title in FILLED}) == (ABSENT, {""})
    points = {row["Student"]: [int(row[title]) for title in (*TITLES, "Total")] for row in rows}
    assert points == {
        name: [
            *(lab.score + lab.bonus - lab.deducted for lab in report.labs),
            report.final_score + report.bonus,
        ]
        for name, report in graded_class.reports.items()
    }


def test_moodle_has_the_points_and_a_sentence_for_each(graded_class: GradedClass) -> None:
    rows = _rows(graded_class.out / "moodle-csv" / OF_CLASS["moodle-csv"])
    assert rows.pop()["Grade"] == ""
    points = {row["Full name"]: float(row["Grade"]) for row in rows}
    assert points == {
        name: report.final_score + report.bonus for name, report in graded_class.reports.items()
    }
    assert all(row["Feedback comments"] for row in rows)


def test_the_class_page_shows_each(graded_class: GradedClass, open_page: Callable[..., "Page"]) -> None:
    """It renders, sorts and filters, and nothing of a name or a file runs."""
    page = open_page(graded_class.out / "html" / OF_CLASS["html"])
    shown = page.locator("#table tbody tr:not([hidden]) td:first-child")
    names = shown.all_inner_texts()
    assert (len(names), set(names)) == (COUNT, set(graded_class.reports))
    page.get_by_role("columnheader", name="Total").get_by_role("button").click()
    assert set(shown.all_inner_texts()) == set(names)
    assert shown.last.inner_text() in {"solved", "solved-zipped"}
    page.fill("#filter", "hostile-conftest")
    assert shown.all_inner_texts() == ["hostile-conftest"]
    page.keyboard.press("Tab")
    shown.locator("a").click()
    student = page.locator(".student:visible")
    assert student.locator("h1").inner_text() == "hostile-conftest"
    assert student.locator(".code tr").count() > 10
    assert page.evaluate("window.ran") is None
    assert page.locator("img, iframe, base, object, form").count() == 0


def _rows(sheet: Path) -> list[dict[str, str]]:
    with sheet.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
