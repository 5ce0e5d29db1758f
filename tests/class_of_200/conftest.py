"""The class of 200, graded once for all tests of this folder, which share a worker for that (tests/conftest.py).

Its grading is interrupted three times. Each further command grades the class again by itself, and compares.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import POINTS_MISSING
from checks.outcomes import Report
from checks.reports.formats import all_formats
from tests.class_of_200.sheets import sheet
from tests.class_of_200.submissions import write_class
from tests.grading.class_process import begun, ended, interrupt
from tests.grading.results_of import documents_of, moments, reports_of
from tests.grading.sample_class import LAB
from tests.reports.class_page.conftest import chromium, open_page
from tests.reports.formats.conftest import CLASSROOM_50

__all__ = ["chromium", "open_page"]  # fixtures of the class page's own tests
INTERRUPTIONS = (20, 70, 130)  # when there are so many results
STATIC = ("--static", "--jobs", "2")
OVERRIDES = f"""overrides:
  - submission: {LAB}-exposes-8000
    check: {LAB}/exposes-8000
    score: 1
    reason: The port is in the base image.
    date: 2026-11-24
    by: Grace
"""
DUE = f"""due:
  {LAB}: 2020-01-01T00:00:00Z
points_a_day: 1
most_points: 3
extensions:
  - submission: right-zip
    until: 2099-01-01T00:00:00Z
    reason: ill
"""


@dataclass(frozen=True)
class GradedClass:
    """The submissions, the folder of their results, and which there were at each interruption, with their times."""

    people: Sequence[Path]
    out: Path
    interrupted: Sequence[Mapping[str, str]]

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        """The results by name."""
        return reports_of(self.out)

    @cached_property
    def results(self) -> Mapping[str, Any]:
        """The results as JSON, by name, without what differs between two gradings of the same."""
        return {name: timeless(document) for name, document in documents_of(self.out).items()}


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """The class, graded to its end, with every format."""
    room = tmp_path_factory.mktemp("class-of-200")
    people, out = write_class(room / "class"), room / "results"
    words = ("grade", *map(str, people), *STATIC, "--out", str(out))
    interrupted = []
    for count in INTERRUPTIONS:
        interrupt(begun(*words), out, count)
        interrupted.append(moments(reports_of(out)))
    amend(out)
    (room / "sheet.csv").write_text(sheet(people), "utf-8")
    exports = [word for name in all_formats() for word in ("--format", name)]
    environment = {**os.environ, **CLASSROOM_50}
    last = begun(*words, *exports, "--fill-in", str(room / "sheet.csv"), environment=environment)
    status, told = ended(last)
    assert status == POINTS_MISSING, told
    return GradedClass(people, out, interrupted)


def amend(out: Path) -> None:
    """Have a person set a score, and give another one more time."""
    out.mkdir(exist_ok=True)
    (out / "overrides.yaml").write_text(OVERRIDES)
    (out / "due.yaml").write_text(DUE)


def timeless(document: Any) -> Any:
    """Return a result without the times at which it was made, and that it took."""
    if isinstance(document, list):
        return [timeless(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {key: timeless(value) for key, value in document.items() if key not in {"graded_at", "seconds"}}
