"""The report for a person: what it says, where, and that nothing of a student's can forge it."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from checks.glossary import terms
from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.page import open_console
from checks.reports.terminal import print_report

Printed = Callable[..., str]
MakeReport = Callable[..., Report]


def _line_with(text: str, part: str) -> str:
    return next(line for line in text.splitlines() if part in line)


def test_each_outcome_is_a_word(mixed: Report, printed: Printed) -> None:
    lines = printed(mixed).splitlines()
    for check in mixed.checks:
        assert any(f" {check.outcome.value} " in line and check.title in line for line in lines)


def test_carets_stand_under_the_line_that_is_meant(mixed: Report, printed: Printed) -> None:
    lines = printed(mixed).splitlines()
    index = next(i for i, line in enumerate(lines) if "3 │ RUN" in line)
    assert lines[index + 1].index("^") == lines[index].index("RUN")
    assert lines[index + 1].count("^") == len("RUN apt-get update && apt-get install -y curl")
    assert [line.split()[0] for line in lines[index - 2 : index + 4]] == ["1", "2", "3", "│", "4", "5"]


@pytest.mark.parametrize(("source", "column"), [("\tRUN x", 4), ("  RUN x", 2), ("RUN 你好", 0)])
def test_carets_follow_tabs_and_wide_characters(
    mixed: Report, printed: Printed, source: str, column: int
) -> None:
    lines = printed(mixed, ["", "", source]).splitlines()
    carets = next(line for line in lines if "^" in line)
    assert carets.partition("│ ")[2].index("^") == column
    assert carets.count("^") == (8 if "你" in source else 5)


def test_a_line_that_the_file_does_not_have_has_no_excerpt(mixed: Report, printed: Printed) -> None:
    assert "│" not in printed(mixed, ["FROM scratch"])
    assert "│" not in printed(mixed, [])
    assert "│" not in printed(mixed, None)


@pytest.mark.parametrize(
    ("help", "words"),
    [
        ("One layer, in this image, of two layers.", "layer, image: `make glossary WORD=layer`"),
        ("The build context is no `image`.", 'build context: `make glossary WORD="build context"`'),
        ("Look again.\n    | no layer in the cache", ""),
        (", ".join(term.word for term in terms()), "more: `make glossary WORD=image`"),
    ],
)
def test_words_of_the_glossary_are_named_on_one_line(
    help: str, words: str, report: MakeReport, failed: CheckResult, printed: Printed
) -> None:
    named = [line for line in printed(report(replace(failed, help=help))).splitlines() if "  words  " in line]
    assert [line.endswith(words) and len(line) <= 100 for line in named] == [True] * bool(words)


def test_place_and_reasons_are_there(mixed: Report, printed: Printed) -> None:
    text = printed(mixed)
    for part in (
        "task1_layers/Dockerfile:3",
        "one command in each RUN",
        "two commands",
        "Write a second RUN.",
    ):
        assert part in text
    assert "    | E: no curl" in text


def test_one_reason_is_told_once(report: MakeReport, failed: CheckResult, printed: Printed) -> None:
    missing = replace(failed, actual="no such file", line=None)
    text = printed(
        report(missing, replace(missing, id="exposes-8000"), replace(missing, id="works-in-server"))
    )
    assert text.count("no such file") == 1
    assert "one-command-per-run, exposes-8000, works-in-server" in text


def test_the_same_words_at_another_line_are_told_again(
    report: MakeReport, failed: CheckResult, printed: Printed
) -> None:
    text = printed(report(failed, replace(failed, id="other", line=4)))
    assert "task1_layers/Dockerfile:3" in text
    assert "task1_layers/Dockerfile:4" in text


def test_a_blocked_check_names_its_blocker_on_one_line(mixed: Report, printed: Printed) -> None:
    assert "serves" in _line_with(printed(mixed), "`builds` did not pass")


def test_what_was_not_run_is_one_sentence(mixed: Report, printed: Printed) -> None:
    not_run = tuple(replace(check, outcome=Outcome.NOT_RUN, actual="no engine") for check in mixed.checks)
    text = printed(replace(mixed, labs=(replace(mixed.labs[0], checks=not_run),)))
    assert text.count("no engine") == 1


def test_the_score_stands_alone(mixed: Report, printed: Printed) -> None:
    assert "task1_layers  1/9" in printed(mixed).splitlines()


def test_several_labs_have_a_total(mixed: Report, printed: Printed) -> None:
    text = printed(replace(mixed, labs=(mixed.labs[0], replace(mixed.labs[0], id="task2_caching"))))
    scores = ["task1_layers   1/9", "task2_caching  1/9", "total          2/18"]
    assert [line for line in text.splitlines() if line in scores] == scores


def test_the_last_line_is_the_next_step(mixed: Report, printed: Printed) -> None:
    assert "task1_layers/Dockerfile:3" in printed(mixed).rstrip().splitlines()[-1]


@pytest.mark.parametrize("labs", [(), (LabResult("task1_layers", "Layers", ()),)])
def test_nothing_graded_is_still_a_report(
    mixed: Report, printed: Printed, labs: tuple[LabResult, ...]
) -> None:
    assert "ada" in printed(replace(mixed, labs=labs))


def test_hostile_text_is_shown_and_not_obeyed(hostile: Report, printed: Printed) -> None:
    text = printed(hostile, [hostile.submission] * 5)
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) <= 100
    assert "task1_layers  1/9" in text.splitlines()


def test_markup_is_text(mixed: Report, printed: Printed) -> None:
    assert "[red]x[/red]" in printed(replace(mixed, submission="[red]x[/red]"))


def test_a_forged_line_in_a_name_stays_in_its_line(mixed: Report, printed: Printed) -> None:
    text = printed(replace(mixed, submission="ada\ntask1_layers  20/20"))
    assert "task1_layers  20/20" not in text.splitlines()


def test_a_long_line_says_how_long_it_is(mixed: Report, printed: Printed) -> None:
    assert "10,000 characters" in printed(mixed, ["", "", "x" * 10_000])


def test_a_quoted_output_never_leaves_its_fence(
    report: MakeReport, failed: CheckResult, printed: Printed
) -> None:
    text = printed(report(replace(failed, actual="exit code 1:\n    | " + "y" * 300)))
    assert all(line.lstrip().startswith("| ") for line in text.splitlines() if "yyy" in line)


def test_too_many_lines_are_cut_aloud(report: MakeReport, failed: CheckResult, printed: Printed) -> None:
    text = printed(report(replace(failed, actual="\n".join(f"row {n}" for n in range(100)))))
    assert "row 59" in text
    assert "row 60" not in text
    assert "cut here" in text


def test_sixty_lines_are_shown_whole(report: MakeReport, failed: CheckResult, printed: Printed) -> None:
    text = printed(report(replace(failed, actual="\n".join(f"row {n}" for n in range(60)))))
    assert "row 59" in text
    assert "cut here" not in text


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours(mixed: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    print_report(mixed, lambda _: None, open_console(stream))
    assert "\x1b[" in stream.getvalue()


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_none_gets_none(
    mixed: Report, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv(name, value)
    stream = Terminal()
    print_report(mixed, lambda _: None, open_console(stream))
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("name", ["FORCE_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE"])
def test_a_pipe_gets_no_colours_whatever_is_forced(
    mixed: Report, printed: Printed, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert "\x1b" not in printed(mixed)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_without_the_signs_is_served(mixed: Report, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    print_report(replace(mixed, submission="你好"), lambda _: ["é", "", "RUN 你好"], open_console(stream))
    stream.seek(0)
    assert "x  fail" in stream.read()


@pytest.mark.parametrize("width", [1, 10, 20, 40, 80])
def test_any_width_is_survived(hostile: Report, width: int) -> None:
    stream = io.StringIO()
    print_report(hostile, lambda _: [hostile.submission] * 5, Console(file=stream, width=width))
    assert "1/9" in stream.getvalue().replace("\n", "")
