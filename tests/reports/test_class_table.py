"""The class at a glance."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.class_table import print_class
from checks.reports.page import open_console

MakeReport = Callable[..., Report]


def _printed(*reports: Report) -> str:
    stream = io.StringIO()
    print_class(reports, open_console(stream))
    return stream.getvalue()


@pytest.mark.parametrize("labs", [1, 3, 7])
def test_nothing_is_lost_at_80_columns(report: MakeReport, failed: CheckResult, labs: int) -> None:
    (lab,) = report(failed).labs
    many = replace(
        report(submission="ada-lovelace"), labs=tuple(replace(lab, id=f"lab{n}") for n in range(labs))
    )
    stream = io.StringIO()
    print_class([many], Console(file=stream, width=80))
    rows = stream.getvalue().partition("Failed most")[0].splitlines()
    assert "one-command-per-run" in "".join(
        row[row.rindex(" ") + 1 :] for row in map(str.rstrip, rows[-3:]) if row
    )
    assert max(map(len, rows)) <= 80


def test_a_row_says_what_to_fix_first(report: MakeReport, failed: CheckResult) -> None:
    passed = replace(failed, id="easy", outcome=Outcome.PASS, score=2)
    text = _printed(report(passed, failed, submission="bob"), report(passed, submission="ada"))
    ada, bob = (line.split() for line in text.splitlines() if line.startswith(("ada", "bob")))
    assert ada == ["ada", "2/2", "2/2", "✓"]
    assert bob == ["bob", "2/4", "2/4", "one-command-per-run"]


def test_what_several_checks_miss_is_said_in_place_of_the_first(
    report: MakeReport, failed: CheckResult
) -> None:
    broken = replace(failed, expected="a submission that can be opened", file=None, line=None)
    text = _printed(report(broken, replace(broken, id="other"), submission="ada"))
    assert "a submission that can be opened" in text.partition("Failed most")[0]


def test_where_most_are_stuck_comes_first(report: MakeReport, failed: CheckResult) -> None:
    rare = replace(failed, id="rare", title="Rare.")
    text = _printed(report(rare, failed, submission="ada"), report(failed, submission="bob"))
    stuck = [line.split()[0] for line in text.splitlines() if "(task1_layers/" in line]
    assert stuck == ["2", "1"]


def test_what_could_not_be_graded_is_a_word(mixed: Report, report: MakeReport, failed: CheckResult) -> None:
    not_run = replace(failed, outcome=Outcome.NOT_RUN)
    text = _printed(replace(mixed, submission="ada", labs=()), report(not_run, submission="bob"))
    assert "refused" in text
    assert "incomplete" in text


def test_hostile_names_stay_in_their_row(hostile: Report) -> None:
    text = _printed(hostile)
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) <= 100


def test_a_class_of_nobody_is_printed() -> None:
    assert "Submission" in _printed()
