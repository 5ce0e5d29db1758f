"""Reports in which everything that can happen has happened, and what they look like in a pipe."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from checks.layer_result import LayerResult
from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report
from checks.reports.page import open_console
from checks.reports.terminal import print_report

SOURCE = ("FROM ubuntu:20.04", "", "RUN apt-get update && apt-get install -y curl", "COPY . .", "EXPOSE 8000")

PASSED = CheckResult(
    "starts-from-ubuntu", "It starts from ubuntu.", "static", Outcome.PASS, 1, 1, seconds=0.25
)
FAILED = CheckResult(
    id="one-command-per-run",
    title="Every command has a RUN of its own.",
    kind="static",
    outcome=Outcome.FAIL,
    score=0,
    max_score=2,
    expected="one command in each RUN",
    actual="two commands",
    help="Write a second RUN.",
    file="task1_layers/Dockerfile",
    line=3,
)
BUILDS = replace(
    FAILED, id="builds", title="It builds.", actual="exit code 1:\n    | E: no curl", file=None, line=None
)
BLOCKED = CheckResult(
    "serves", "It answers.", "container", Outcome.BLOCKED, 0, 2, actual="`builds` did not pass"
)
NOT_RUN = CheckResult("answers-match", "It matches.", "container", Outcome.NOT_RUN, 0, 1, actual="no engine")
BROKEN = CheckResult(
    "within-budget", "It is small.", "container", Outcome.ERROR, 0, 1, actual="KeyError: 'x'"
)
LAYERS = (
    LayerResult("task1_layers/Dockerfile", None, 70_000_000),
    LayerResult("task1_layers/Dockerfile", 3, 30_000_000, reused=True),
    LayerResult("task1_layers/Dockerfile", 4, 12_000, reused=False),
)


def _report(*checks: CheckResult, submission: str = "ada", lab: str = "task1_layers") -> Report:
    labs = (LabResult(lab, "Layers", checks),)
    return Report(submission, "2026-11-21T10:00:00Z", EngineUsed("embedded", "26.1.5", "stand-in"), labs)


@pytest.fixture
def report() -> Callable[..., Report]:
    """`report(*checks, submission="ada", lab="task1_layers")`: one lab with these checks."""
    return _report


@pytest.fixture
def mixed() -> Report:
    """Every outcome; a failure with a line, and one with a quoted output; an image of two layers."""
    found = _report(PASSED, FAILED, BUILDS, BLOCKED, NOT_RUN, BROKEN)
    return replace(found, labs=(replace(found.labs[0], layers=LAYERS),))


@pytest.fixture
def failed() -> CheckResult:
    """A failure at line 3 of a Dockerfile."""
    return FAILED


@pytest.fixture
def printed() -> Callable[..., str]:
    """`printed(report, source)`: the text that a pipe receives."""

    def to_text(report: Report, source: Sequence[str] | None = SOURCE) -> str:
        stream = io.StringIO()
        print_report(report, lambda _: source, open_console(stream))
        return stream.getvalue()

    return to_text


HOSTILE = (
    "[red]x[/red]",
    "\x1b[2J\x1b]0;title\x07",
    "x" * 10_000,
    "abc\u202etxt.exe",
    "\0\r\n\x85\u2028",
    "]]>&<'\"",
)


@pytest.fixture(params=HOSTILE, ids=["markup", "escape", "long", "rtl", "control", "xml"])
def hostile(request: pytest.FixtureRequest, mixed: Report) -> Report:
    """A report with hostile text wherever a text can be."""
    text = str(request.param)
    checks = tuple(replace(c, expected=text, actual=text, help=text, file=text) for c in mixed.checks)
    return replace(mixed, submission=text, labs=(replace(mixed.labs[0], checks=checks),))
