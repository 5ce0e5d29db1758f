"""A report begins with the first root cause; what waits for it is one line."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from checks.outcomes import CheckResult, Outcome, Report
from checks.reports.root_cause import first_cause

MakeReport = Callable[..., Report]
Printed = Callable[..., str]


def _blocked(check: str, blocker: str) -> CheckResult:
    actual = f"`{blocker}` did not pass"
    return CheckResult(
        check, f"It {check}.", "container", Outcome.BLOCKED, 0, 1, actual=actual, blocked_by=blocker
    )


def _failed(check: str, points: int = 1, *, why: str = "") -> CheckResult:
    actual = why or f"{check} is wrong"
    return CheckResult(check, f"It {check}.", "container", Outcome.FAIL, 0, points, "it is right", actual)


@pytest.mark.parametrize(
    ("checks", "first", "waiting"),
    [
        ([_failed("a"), _failed("b"), _blocked("c", "b")], "a", []),
        ([_failed("a"), _blocked("c", "a"), _failed("b")], "a", ["c"]),
        ([_blocked("c", "b"), _blocked("b", "a"), _failed("a")], "a", ["c", "b"]),
        ([_failed("a", why="x"), _failed("b", why="x"), _blocked("c", "b")], "a", ["c"]),
        ([_failed("bonus", 0), _failed("a"), _blocked("c", "bonus")], "a", []),
        ([_failed("a"), _blocked("b", "c"), _blocked("c", "b")], "a", []),
        ([_failed("a"), _blocked("b", "unknown")], "a", []),
    ],
    ids=["later", "direct", "through-another", "one-reason", "bonus", "circle", "unknown"],
)
def test_the_first_root_cause(
    report: MakeReport, checks: Sequence[CheckResult], first: str, waiting: Sequence[str]
) -> None:
    cause = first_cause(report(*checks))
    assert cause is not None
    assert (cause.reason.first.id, [check.id for check in cause.waiting]) == (first, waiting)


@pytest.mark.parametrize("checks", [[], [_failed("bonus", 0)], [_blocked("b", "a")]])
def test_nothing_to_mend(report: MakeReport, checks: Sequence[CheckResult]) -> None:
    assert first_cause(report(*checks)) is None


def test_labs_do_not_mix(report: MakeReport) -> None:
    """Two labs have checks of the same name; one does not wait for the other's."""
    (one,), (other,) = report(_failed("a")).labs, report(_blocked("b", "a"), _failed("a", why="y")).labs
    cause = first_cause(replace(report(), labs=(one, other)))
    assert cause is not None
    assert cause.waiting == ()


def test_the_first_cause_stands_at_the_top_and_once(report: MakeReport, printed: Printed) -> None:
    text = printed(report(_failed("a"), _failed("b"), _blocked("c", "a"), _blocked("d", "b")))
    assert text.index("a is wrong") < text.index("  waiting   c\n") < text.index("Layers")
    assert text.index("Layers") < text.index("b is wrong") < text.index("`b` did not pass")
    assert text.count("a is wrong") == 1
    assert "`a` did not pass" not in text


@pytest.mark.parametrize("count", [1, 5, 50])
def test_what_waits_is_one_line(report: MakeReport, printed: Printed, count: int) -> None:
    names = [f"waits-for-it-{number}" for number in range(count)]
    lines = printed(report(_failed("a"), *(_blocked(name, "a") for name in names))).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  waiting"))
    assert not lines[at + 1]
    shown = lines[at].count("waits-for-it")
    assert lines[at].endswith(f" and {count - shown} more") == (shown < count)
    assert len(lines[at]) <= 100
