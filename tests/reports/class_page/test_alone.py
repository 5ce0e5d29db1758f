"""The page of one Dockerfile in a browser: what each line does and costs; and nothing of a student runs."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.lab import ROOT, Lab
from checks.loop.explained_page import page_of
from checks.loop.explanation import Explained, Gone, Weight, explain
from checks.sanitize import sanitize
from tests.reports.hostile_texts import FOREIGN, HOSTILE
from tests.reports.made_class import LAB

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

Open = Callable[..., "Page"]
MEGA = 1_000_000
LINES = """\
FROM ubuntu:20.04 AS build
COPY app /built
FROM ubuntu:20.04
ENV MODE=fast
USER app
RUN make \\
    all
COPY requirements.txt .
RUN pip install \\
    -r requirements.txt
COPY --from=build /built /server
CMD ["first"]
CMD ["second"]
"""
WEIGHTS = (
    Weight(70 * MEGA, 0.7),
    Weight(20 * MEGA, 0.2, (Gone("/big", 15 * MEGA, 9, "deleted"), *[Gone("/small", 1, 9, "replaced")] * 6)),
    Weight(300, 0.0),
    Weight(10 * MEGA, 0.1),
    Weight(0, 0.0),
)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab in a folder of its own, with that Dockerfile."""
    folder = tmp_path / "work" / LAB.id
    shutil.copytree(ROOT / "solutions" / LAB.id, shutil.copytree(LAB.folder, folder), dirs_exist_ok=True)
    (folder / LAB.dockerfile).write_text(LINES)
    (folder / "requirements.txt").touch()
    (folder / ".dockerignore").unlink(missing_ok=True)
    return replace(LAB, folder=folder)


def _explained(lab: Lab, weights: tuple[Weight, ...] = WEIGHTS, why: str = "") -> Explained:
    return Explained(explain(lab.folder, lab.folder / lab.dockerfile), weights, why)


def _opened(lab: Lab, explained: Explained, open_page: Open) -> "Page":
    path = lab.folder.parent / "explained.html"
    path.write_text(page_of(lab, {lab.dockerfile: explained}), "utf-8")
    return open_page(path)


def _lines(page: "Page") -> dict[int, tuple[list[str], list[str]]]:
    """By line: its cells, and the rows below it."""
    rows: list[list[str]] = page.locator(".code > tbody > tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))"
    )
    found, last = dict[int, tuple[list[str], list[str]]](), 0
    for first, *rest in rows:
        if first:
            last = int(first)
            found[last] = (rest, [])
        else:
            found[last][1].append(rest[0])
    return found


def test_each_line_has_its_layer_and_what_became_of_it(lab: Lab, open_page: Open) -> None:
    page = _opened(lab, _explained(lab), open_page)
    lines = _lines(page)
    assert {number: cells[1:] for number, (cells, _) in lines.items() if cells[1]} == {
        6: ["20.0 MB 20.0%", "no file"],
        8: ["300 B 0.0%", "requirements.txt"],
        9: ["10.0 MB 10.0%", "requirements.txt"],
        11: ["0 B 0.0%", "app/ (2 files), requirements.txt"],
    }
    assert "70.0 MB, 70.0% of the image" in page.inner_text("main")
    assert "a stage of its own" in lines[1][1][0]
    assert lines[6][1] == []
    *_, as_whom, gone = lines[7][1]
    assert as_whom == "as app in /, with MODE"
    assert gone.startswith(
        "15.0 MB of it are gone for containers, and still in the image: 15.0 MB deleted by line 9"
    )
    assert gone.endswith("and 2 more")
    assert page.locator(".gone:visible tr").count() == 5
    page.get_by_text("and 2 more").click()
    assert page.locator(".gone:visible tr").count() == 7
    assert "without effect" in lines[12][1][0]


def test_it_tells_what_is_in_force_and_what_an_edit_costs(lab: Lab, open_page: Open) -> None:
    page = _opened(lab, _explained(lab), open_page)
    in_force, edits = (values.split("\n") for values in page.locator("dl").all_inner_texts())
    assert dict(zip(in_force[::2], in_force[1::2], strict=True)) == {
        "user": "app",
        "folder": "the base's",
        "runs": 'CMD ["second"]',
        "ports": "none is noted",
        "sets": "MODE=fast",
    }
    assert "requirements.txt: from line 8 on, 3 layers, 10.0 MB" in edits
    assert "app/ (2 files): from line 11 on, 1 layer, 0 B" in edits


def test_findings_and_verdicts_of_the_checks_are_on_it(lab: Lab, open_page: Open) -> None:
    page = _opened(lab, _explained(lab, (), "without sizes: they need an engine"), open_page)
    assert page.locator(".finding").count() > 0
    assert page.locator(".outcome.fail").count() > 0
    assert page.locator(".outcome.not-run").count() == 0
    assert "without sizes: they need an engine" in page.inner_text("main")
    assert page.locator("rect").count() == 0


def test_all_but_what_is_folded_is_printed(lab: Lab, open_page: Open) -> None:
    page = _opened(lab, _explained(lab), open_page)
    page.emulate_media(media="print")
    assert page.locator("main:visible").count() == 1
    assert page.locator(".gone:visible tr").count() == 5


def test_nothing_of_forty_hostile_names_runs(lab: Lab, open_page: Open) -> None:
    gone = tuple(Gone(text, 1, 3, "deleted") for text in HOSTILE)
    (lab.folder / lab.dockerfile).write_text(
        "FROM ubuntu:20.04\nRUN make\nCOPY . .\n"
        + "".join(f"# {' '.join(sanitize(text).split())}\n" for text in HOSTILE)
    )
    explained = _explained(lab, (Weight(1, 0.5, gone), Weight(1, 0.5, gone), Weight(0, 0.0)), HOSTILE[0])
    lines = tuple(replace(line, edits=HOSTILE) for line in explained.explanation.lines)
    page = _opened(
        lab, replace(explained, explanation=replace(explained.explanation, lines=lines)), open_page
    )
    assert page.locator(".gone tr").count() == 2 * len(HOSTILE)
    assert page.evaluate("window.ran") is None
    assert page.locator(FOREIGN).count() == 0
    assert (page.locator("script").count(), page.locator("style").count()) == (0, 1)
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
