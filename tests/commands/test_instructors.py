"""Each command of docs/instructors.md is run as it stands, with the files that it shows."""

import re
import subprocess
from pathlib import Path

import pytest

from checks.commands.status import FULL_MARKS, POINTS_MISSING
from checks.engine.build import building
from checks.lab import ROOT
from checks.outcomes import Outcome, Report
from checks.reports import json_v1
from tests.commands.course_beside_class import SECONDS, course_beside_class
from tests.grading.sample_class import LAB

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

TEXT = (
    (ROOT / "docs" / "instructors.md").read_text("utf-8").partition("\n## 9. ")[0]
)  # test_instructors_cluster.py
BLOCKS = re.findall(r"(?:`([^`\n]+)`:\n\n)?```(\w+)\n(.*?)```\n", TEXT, re.DOTALL)
NEEDS_ENGINE = ("--out ../graded", "package-cache")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The folder in which the commands are typed, beside a class of two."""
    return course_beside_class(tmp_path)


def write(course: Path, name: str, text: str) -> None:
    """Write a file that the text shows; its name counts from the course's folder."""
    path = course / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def run(course: Path, command: str) -> str:
    """Run one line of a block of commands; return its output."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in {FULL_MARKS, POINTS_MISSING}, f"{command}\n{done.stderr}"
    return done.stdout


def test_every_step_in_its_order(course: Path) -> None:
    said = ""
    for name, language, text in BLOCKS:
        if language != "bash":
            write(course, name, text)
            continue
        for command in text.splitlines():
            if not any(word in command for word in NEEDS_ENGINE):
                said += run(course, command)
    results = course.parent / "results"
    ada, grace = (json_v1.load((results / f"{name}.json").read_text()) for name in ("ada", "grace"))
    assert _set_by_a_person(ada) == [("exposes-8000", 0, Outcome.PASS)]
    assert (ada.score, ada.final_score, grace.labs[0].deducted) == (13, 13, 0)
    assert grace.labs[0].late
    assert grace.labs[0].late.extension == "ill"
    assert {path.name.partition(".")[0] for path in (results / "earlier").iterdir()} == {"ada", "grace"}
    assert f"{LAB}/exposes-8000" in said
    blind = {path.stem for path in (course.parent / "blind").glob("*.json")}
    assert all(f"{pseudonym}," in said for pseudonym in blind)


def _set_by_a_person(report: Report) -> list[tuple[str, int, Outcome]]:
    return [(check.id, check.score, check.outcome) for check in report.checks if check.override]


@pytest.mark.usefixtures("engine")
def test_the_step_with_an_engine(course: Path) -> None:
    blocks = {name: text for name, _, text in BLOCKS if name}
    write(course, "../class.csv", blocks["../class.csv"])
    grading, caching = ([line for line in _commands() if word in line] for word in NEEDS_ENGINE)
    assert len(grading) == 1
    run(course, grading[0])
    ada = json_v1.load((course.parent / "graded" / "ada.json").read_text())
    assert (ada.score, ada.engine.kind != "none") == (20, True)

    with building(alone=True):  # nobody else builds while there is another way to the network
        started, shown, stopped = (run(course, command) for command in caching)
    assert started == shown
    assert "what was kept stays" in stopped


def _commands() -> list[str]:
    return [line for _, language, text in BLOCKS if language == "bash" for line in text.splitlines()]


def test_every_file_that_is_shown_has_its_name() -> None:
    assert all(name for name, language, _ in BLOCKS if language != "bash")
    assert len(BLOCKS) >= 10
