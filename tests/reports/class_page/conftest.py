"""The class page in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checks.reports.class_page.render import render
from tests.reports.made_class import made_class
from tests.tools import browser, package

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A headless Chromium."""
    browser()
    package("playwright")
    from tests.reports.screenshots import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def class_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made class."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "index.html").write_text(render(*made_class(folder / "submissions")), "utf-8")
    return folder / "index.html"


@pytest.fixture
def open_page(chromium: "Browser") -> Iterator[Open]:
    """`open_page(path)`: a page in a window of its own; the test fails for an error that the browser logs."""
    said: list[str] = []
    pages = []

    def opened(path: Path, anchor: str = "") -> "Page":
        page = chromium.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request", lambda request: None if request.url.startswith("file:") else said.append(request.url)
        )
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(f"{path.as_uri()}{anchor}")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert said == []
