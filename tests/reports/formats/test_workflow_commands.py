"""GitHub's workflow commands: within its limits, and no text of a student is a command."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from checks.grading.course import shared_files
from checks.lab import ROOT, all_labs
from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.formats.github import MOST, MOST_CHANGED
from tests.reports.hostile_texts import HOSTILE

Export = Callable[..., Mapping[str, str]]
COMMAND = re.compile(r"::(error|warning|notice) [^\n]*?::[^\n]*")


def commands(text: str) -> list[str]:
    """What a runner takes for commands; every other line would be a way in."""
    lines = text.split("\n")
    assert lines.pop() == ""
    assert all(COMMAND.fullmatch(line) for line in lines), text
    return [line.split(" ", 1)[0] for line in lines]


def test_a_failure_is_an_annotation_of_its_line(export: Export, mixed: Report) -> None:
    text = export("github", mixed)["annotations.txt"]
    place = "::error file=task1_layers/Dockerfile,line=3,endLine=3,title=Every command has a RUN of its own."
    assert f"{place} (2 points)::two commands%0ATry: Write a second RUN.\n" in text


def test_failures_are_errors_and_our_faults_are_warnings(export: Export, mixed: Report) -> None:
    assert commands(export("github", mixed)["annotations.txt"]) == ["::error", "::error", "::warning"]


def test_the_ten_that_are_worth_most_are_shown_and_the_others_counted(
    export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    checks = [replace(failed, title=f"title {points}", max_score=points) for points in range(1, 15)]
    text = export("github", report(*checks))["annotations.txt"]
    assert commands(text) == ["::error"] * 10 + ["::notice"]
    assert [f"title {points} " in text for points in (14, 5, 4)] == [True, True, False]
    assert "::4 more of this level" in text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_no_text_begins_a_command(text: str, export: Export, mixed: Report) -> None:
    checks = tuple(replace(c, expected=text, actual=text, help=text, file=text) for c in mixed.checks)
    hostile = replace(mixed, submission=text, labs=(replace(mixed.labs[0], checks=checks),))
    assert len(commands(export("github", hostile)["annotations.txt"])) == 3
    assert commands(export("classroom", hostile)["notices.txt"]) == ["::notice", "::notice"]
    assert export("classroom50", hostile)["output.txt"].count("\n") == 2


def test_a_summary_stays_below_a_mebibyte(
    export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    long = report(replace(failed, actual="\U0001f469" * 2_000_000))
    summary = export("github", long)["summary.md"]
    assert len(summary.encode()) < 2**20
    assert "cut here" in summary


def test_classroom_says_the_points_twice(export: Export, mixed: Report) -> None:
    first, second = export("classroom", mixed)["notices.txt"].splitlines()
    assert first == "::notice title=Autograding complete::Points 1/9"
    assert second == '::notice title=Autograding report::{"totalPoints":1,"maxPoints":9}'


def test_classroom_says_nothing_without_points(
    export: Export, report: Callable[..., Report], failed: CheckResult
) -> None:
    bonus = replace(failed, outcome=Outcome.PASS, score=1, max_score=0)
    assert export("classroom", report(bonus)) == {"notices.txt": ""}


def test_a_file_that_is_not_the_students_is_told_when_it_differs(export: Export, mixed: Report) -> None:
    lab = all_labs()[0]
    own = {f"{lab.id}/{path.name}": path.read_text("utf-8").split("\n") for path in lab.folder.glob("*.*")}
    changed = {**own, f"{lab.id}/README.md": ["mine"], f"{lab.id}/{lab.edit[0]}": ["FROM mine"]}
    for files, told in ((own, 0), (changed, 1)):
        written = export("github", mixed, labs=[lab], lines=lambda _, files=files: files.get)
        assert written["annotations.txt"].count(f"::notice file={lab.id}/README.md,title=Not yours") == told
        assert written["summary.md"].count("Not yours to change") == told
        assert commands(written["annotations.txt"]).count("::notice") == told


def test_many_changed_files_are_counted_within_github_s_ten(export: Export, mixed: Report) -> None:
    shared = {path.relative_to(ROOT).as_posix(): path for path in shared_files()}
    written = export("github", mixed, shared=shared, lines=lambda _: lambda _: ["mine"])
    said = [line for line in written["annotations.txt"].splitlines() if line.startswith("::notice")]
    assert len(said) <= MOST
    assert f"::{len(shared) - MOST_CHANGED} more such files" in said[-1]
    assert written["summary.md"].count("\n- checks/") > MOST
