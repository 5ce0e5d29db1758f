"""The parts of the class page as data: likeness, statistics, changes, charts and annotated files."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from checks.amendments import Override
from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.class_page.annotated import LONGEST_LINE, MOST_LINES, annotated
from checks.reports.class_page.changes import changes
from checks.reports.class_page.charts import histogram
from checks.reports.class_page.similar import instructions, similar
from checks.reports.class_page.statistics import statistics
from checks.reports.formats.format import ExportInputs
from tests.reports.made_class import LAB

MakeReport = Callable[..., Report]
FILE = f"{LAB.id}/{LAB.dockerfile}"
OWN = "\n".join(f"RUN echo {number}" for number in range(8))


def _inputs(files: Mapping[str, str]) -> ExportInputs:
    return ExportInputs(
        labs=[LAB],
        lines=lambda name: lambda file: files[name].split("\n") if file == FILE and name in files else None,
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (f"FROM a\n{OWN}", f"FROM a\n{OWN}", True),
        (f"FROM a\n{OWN}", f"FROM a\n# mine\n\n{OWN.replace(' echo', '   echo')}\n", True),
        (f"FROM a\n{OWN}", "FROM a\n" + "\n".join(reversed(OWN.split("\n"))), True),
        (f"FROM a\n{OWN}", f"from a\n{OWN.replace('RUN', 'run')}", True),
        (f"FROM a\n{OWN}", f"FROM a\n{OWN.replace('echo', 'printf')}", False),
        ("FROM a\nRUN b", "FROM a\nRUN b", False),  # too little to say anything
        ("\0", "\0", False),
        ("", "", False),
    ],
)
def test_files_are_compared_as_instructions(one: str, other: str, alike: object) -> None:
    pairs = similar(["ada", "ben"], _inputs({"ada": one, "ben": other}))
    assert [(pair.first, pair.second) for pair in pairs] == ([(1, 2)] if alike else [])


def test_a_page_shows_the_beginning_of_what_is_alike() -> None:
    many = "\n".join(f"RUN echo {'x' * 9_000} {number}" for number in range(90))
    (pair,) = similar(["ada", "ben"], _inputs({"ada": f"FROM a\n{many}", "ben": f"FROM a\n{many}"}))
    assert len(pair.shared) >= 90
    assert len(pair.shown) < 40 * 500
    assert pair.shown.endswith(f"({len(pair.shared) - 40} more)")


def test_what_the_solution_has_says_nothing_of_two_students() -> None:
    solution = (LAB.folder.parent / "solutions" / FILE).read_text("utf-8")
    assert len(instructions(solution.split("\n"))) > 3
    assert similar(["ada", "ben"], _inputs({"ada": solution, "ben": solution})) == []


def test_somebody_without_a_file_is_like_nobody() -> None:
    assert similar(["ada", "ben"], _inputs({"ada": f"FROM a\n{OWN}"})) == []


def test_statistics_count_verdicts_reasons_and_lines(report: MakeReport, failed: CheckResult) -> None:
    passed = replace(failed, outcome=Outcome.PASS, score=2)
    outcomes = [
        passed,
        failed,
        failed,
        replace(failed, actual="three"),
        replace(failed, outcome=Outcome.ERROR),
    ]
    reports = [report(check, submission=str(number)) for number, check in enumerate(outcomes)]
    lines = {"1": "a\nb\nRUN  x", "2": "a\nb\n  RUN x", "3": "a\nb\nRUN y"}
    inputs = ExportInputs(lines=lambda name: lambda _: lines.get(name, "").split("\n"))
    (found,) = statistics(reports, inputs)
    assert (found.passed, found.judged) == (1, 4)
    assert found.reasons == [("two commands", 2), ("three", 1)]
    assert found.lines == [("RUN x", 2)]


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (Outcome.FAIL, Outcome.PASS, "better"),
        (Outcome.PASS, Outcome.FAIL, "worse"),
        (Outcome.FAIL, Outcome.BLOCKED, "other"),
        (Outcome.FAIL, Outcome.FAIL, None),
    ],
)
def test_a_change_has_a_direction(
    before: Outcome, after: Outcome, word: str | None, report: MakeReport, failed: CheckResult
) -> None:
    old, new = (
        report(replace(failed, outcome=outcome, score=2 if outcome is Outcome.PASS else 0))
        for outcome in (before, after)
    )
    assert [change.word for change in changes(old, new)] == ([word] if word else [])
    assert list(changes(None, new)) == []


def test_a_new_check_is_a_change(report: MakeReport, failed: CheckResult) -> None:
    (change,) = changes(report(failed), report(failed, replace(failed, id="new")))
    assert change.before == "new"


def test_a_check_that_is_gone_is_a_change(report: MakeReport, failed: CheckResult) -> None:
    (change,) = changes(report(failed, replace(failed, id="old", score=2)), report(failed))
    assert (change.after, change.word) == ("gone", "worse")


def test_a_score_that_a_person_has_confirmed_is_a_change(report: MakeReport, failed: CheckResult) -> None:
    confirmed = replace(failed, override=Override(0, 0, "looked at it", "2026-11-21"))
    (change,) = changes(report(failed), report(confirmed))
    assert (change.before, change.after, change.word) == ("fail", "fail, set by a person", "other")


def test_full_marks_are_in_the_last_bar(report: MakeReport, failed: CheckResult) -> None:
    full = report(replace(failed, outcome=Outcome.PASS, score=2))
    assert [bar.count for bar in histogram([full, full, report(failed), report()])] == [2, *[0] * 8, 2]
    assert all(bar.height == 0 for bar in histogram([]))


def test_a_file_is_annotated_line_by_line(mixed: Report) -> None:
    (found,) = annotated(mixed.labs[0], [], lambda _: ["FROM a", "", "RUN b", "COPY . .", ""])
    assert [line.text for line in found.lines] == ["FROM a", "", "RUN b", "COPY . ."]
    assert [line.layer.bytes if line.layer else None for line in found.lines] == [
        None,
        None,
        30_000_000,
        12_000,
    ]
    assert [len(line.findings) for line in found.lines] == [0, 0, 1, 0]
    assert found.base is not None
    assert round(found.lines[2].bar) == 100


def test_what_is_too_long_is_cut_and_counted() -> None:
    text = ["x" * (LONGEST_LINE + 7), *["y"] * MOST_LINES]
    (found,) = annotated(LabResult("a", "A", ()), ["f"], lambda _: text)
    assert found.lines[0].text.endswith("x (7 more characters)")
    assert (len(found.lines), found.left_out) == (MOST_LINES, 1)


def test_a_file_that_is_not_there_is_not_shown() -> None:
    assert list(annotated(LabResult("a", "A", ()), ["f"], lambda _: None)) == []
