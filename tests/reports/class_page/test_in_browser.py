"""The class page in a browser: it renders, sorts, filters, obeys the keyboard, and nothing of a student runs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.layer_result import LayerResult
from checks.outcomes import Report
from checks.reports.class_page.render import render
from checks.reports.formats.format import ExportInputs
from tests.reports.hostile_texts import FOREIGN, HOSTILE
from tests.reports.made_class import NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

Open = Callable[..., "Page"]
FIRST = "#table tbody tr:not([hidden]) td:first-child"


def _shown(page: "Page") -> list[str]:
    return page.locator(FIRST).all_inner_texts()


def test_every_part_is_there(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    headings = page.locator("#class h2").all_inner_texts()
    assert headings == ["The class", "Points", "Checks", "Caching: image size and points", "Similar work"]
    assert _shown(page) == sorted(NAMES)
    assert page.locator("#class circle").count() == len(NAMES) - 1  # the starter was not built
    assert page.locator("#similar-heading ~ .wide a").all_inner_texts() == ["radia", "tim"]
    assert page.locator(".student:visible").count() == 0


def test_a_column_sorts_up_and_down(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    total = page.get_by_role("columnheader", name="Total")
    cells = page.locator("#table tbody td:nth-child(3)")
    for order in ("ascending", "descending"):
        total.get_by_role("button").click()
        assert total.get_attribute("aria-sort") == order
        points = [int(text.split("/")[0]) for text in cells.all_inner_texts()]
        assert points == sorted(points, reverse=order == "descending")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("radia", ["radia"]), ("RADIA 10/20", ["radia"]), ("no such text", []), ("pip install", ["radia"])],
)
def test_typing_filters_the_rows(typed: str, shown: list[str], class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    page.fill("#filter", typed)
    assert _shown(page) == shown
    assert page.inner_text("#count") == f"{len(shown)} of {len(NAMES)} shown"


def test_a_status_filters_the_rows(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    page.select_option("#status", "incomplete")
    assert _shown(page) == ["barbara"]


def test_all_is_reachable_by_keyboard(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    page.keyboard.press("/")
    page.keyboard.type("radia")
    for _ in range(2 + page.locator("#table thead button").count()):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".student:visible h1").inner_text() == "radia"
    page.keyboard.press("ArrowRight")
    assert page.locator(".student:visible h1").inner_text() == "tim"
    page.keyboard.press("ArrowLeft")
    assert page.locator(".student:visible h1").inner_text() == "radia"
    page.keyboard.press("Escape")
    assert page.locator("#class").is_visible()


def test_a_student_sees_each_line_with_its_layer_and_findings(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file, f"#student-{sorted(NAMES).index('grace') + 1}")
    student = page.locator(".student:visible")
    assert not page.locator("#class").is_visible()
    assert student.locator(".code tr", has_text="RUN apt-get update").locator("rect").count() == 1
    verdicts = student.locator(".code td:nth-child(4)").all_inner_texts()
    assert {"reused", "runs again"} <= set(verdicts)
    assert "Nothing that changes with the source" in student.locator(".finding").inner_text()
    assert "+2" in student.locator("li").inner_text()


def test_a_word_opens_its_entry_and_escape_closes_only_that(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file, f"#student-{sorted(NAMES).index('grace') + 1}")
    student = page.locator(".student:visible")
    assert page.locator(".entry:visible").count() == 0
    word = student.locator(".term").first
    word.click()
    entry = page.locator(".entry:visible")
    assert word.inner_text().lower().startswith(entry.locator("strong").inner_text().lower()[:4])
    assert "In the course: " in entry.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator(".entry:visible").count() == 0
    assert student.locator("h1").inner_text() == "grace"


def test_all_students_are_printed(class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    page.emulate_media(media="print")
    assert page.locator(".student:visible").count() == len(NAMES)
    assert page.locator(".controls:visible").count() == 0
    page.goto(f"{class_file.as_uri()}#student-2")
    assert page.locator(".student:visible").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str, class_file: Path, open_page: Open) -> None:
    page = open_page(class_file)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # its words
    for name in ("text", "quiet", "accent", "pass", "fail", "blocked", "not-run", "error"):
        assert _contrast(page, name) >= 4.5, name  # WCAG 2.2, 1.4.3


def test_nothing_of_forty_hostile_students_runs(mixed: Report, tmp_path: Path, open_page: Open) -> None:
    assert len(set(HOSTILE)) == 40
    reports = [_hostile(mixed, text) for text in HOSTILE]
    inputs = ExportInputs(
        lines=lambda name: lambda _: name.split("\n"), earlier={r.submission: mixed for r in reports}
    )
    path = tmp_path / "index.html"
    path.write_text(render(reports, inputs), "utf-8")
    page = open_page(path)
    assert page.evaluate("window.ran") is None
    assert page.locator("#table tbody tr").count() == 40
    for number in range(1, 41):
        page.goto(f"{path.as_uri()}#student-{number}")
        assert page.locator(".student:visible").count() == 1
        page.locator(".student:visible h1").hover()
    assert page.evaluate("window.ran") is None
    assert page.locator(FOREIGN).count() == 0
    assert (page.locator("script").count(), page.locator("style").count()) == (1, 1)
    links = page.locator("a").evaluate_all(
        "links => links.map(link => link.getAttribute('href') ?? link.href.baseVal)"
    )
    assert all(link == "#class" or link.removeprefix("#student-").isdecimal() for link in links)


def _hostile(report: Report, text: str) -> Report:
    lab = report.labs[0]
    checks = tuple(
        replace(c, id=text, title=text, expected=text, actual=text, help=text, file=text, line=1)
        for c in lab.checks
    )
    layers = (LayerResult(text, None, 1), LayerResult(text, 1, 1, reused=True))
    labs = (replace(lab, id=text, title=text, checks=checks, layers=layers),)
    return replace(report, submission=text, graded_at=text, labs=labs)


def _contrast(page: "Page", name: str) -> float:
    """The contrast of a colour of the style to the ground, as WCAG defines it."""
    ratio: float = page.evaluate(
        """name => {
          const style = getComputedStyle(document.documentElement);
          const light = (property) => {
            const hex = style.getPropertyValue(property).trim().slice(1);
            const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
              .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const [low, high] = [light(`--${name}`), light("--back")].sort((a, b) => a - b);
          return (high + 0.05) / (low + 0.05);
        }""",
        name,
    )
    return ratio
