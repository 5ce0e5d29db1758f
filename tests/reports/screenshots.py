"""Write pictures into a folder: a report in a terminal, and the class page, light, dark and as printed.

python -m tests.reports.screenshots docs/screenshots
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from checks.lab import all_labs
from checks.reports.class_page.render import render
from tests.reports.made_class import made_class
from tests.reports.recording import recorded
from tests.tools import browser

BEGUN = """\
FROM ubuntu:20.04

ENV PYTHONUNBUFFERED=1

RUN apt-get update && apt-get install -y software-properties-common
"""
REPORT = "report.svg"
SIZE = {"width": 1100, "height": 900}
STUDENT = "#student-6"
MODES = {"light": ("light", "screen"), "dark": ("dark", "screen"), "printed": ("light", "print")}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a headless Chromium of the machine's own; its sandbox needs rights that a container may lack."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


def report_in_terminal(room: Path) -> str:
    """Return the picture of what a student sees who has begun Task 1, with two commands in one RUN."""
    (task,) = (lab for lab in all_labs() if lab.target == "Task1")
    shutil.copytree(task.folder, room / "ada" / task.id)
    (room / "ada" / task.id / task.dockerfile).write_text(BEGUN, "utf-8")
    command = ("-m", "checks", "grade", str(room / "ada"), "--lab", task.id, "--static")
    return recorded(f"python -m checks grade ada --lab {task.id} --static", *command)


def main(folder: Path) -> None:
    """Draw the report, and each page in each mode."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        (folder / REPORT).write_text(report_in_terminal(Path(scratch)), "utf-8")
    with tempfile.TemporaryDirectory() as scratch, chromium() as started:
        page_file = Path(scratch) / "index.html"
        page_file.write_text(render(*made_class(Path(scratch) / "class")), "utf-8")
        for mode, (scheme, media) in MODES.items():
            for name, anchor in (("class", ""), ("student", STUDENT)):
                page = started.new_page(viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]  # its words
                page.emulate_media(media=media)  # type: ignore[arg-type]  # as above
                page.goto(f"{page_file.as_uri()}{anchor}")
                page.screenshot(
                    path=folder / f"{name}-{mode}.png", full_page=mode != "printed" or bool(anchor)
                )
                page.close()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))
