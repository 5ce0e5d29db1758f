"""The picture of a report in the README is what a terminal shows today."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

from checks.lab import ROOT
from tests.reports.screenshots import REPORT, report_in_terminal

NAMES = re.compile(r"/tmp/\S+|\d+(?:\.\d+)? s\b")  # folders and times


def words(svg: str) -> str:
    """The text of the picture."""
    texts = (element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))
    return NAMES.sub("", unescape(" ".join(texts)).replace("\xa0", " "))


def test_it_shows_what_the_terminal_shows(tmp_path: Path) -> None:
    kept = (ROOT / "docs" / "screenshots" / REPORT).read_text("utf-8")
    assert words(report_in_terminal(tmp_path)) == words(kept), "draw it anew: make screenshots"
    assert "Every command has a" in words(kept)


def test_it_needs_nothing_from_elsewhere() -> None:
    kept = (ROOT / "docs" / "screenshots" / REPORT).read_text("utf-8")
    assert set(re.findall(r"https?://[^\"')\s]+", kept)) <= {
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",
    }


def test_the_readme_shows_it() -> None:
    assert f"docs/screenshots/{REPORT}" in (ROOT / "README.md").read_text("utf-8")
