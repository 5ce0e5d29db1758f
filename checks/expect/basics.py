"""Assertions about one value, about many, and about what a rule finds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

from checks.expect.failure import CheckFailed
from checks.rules.rule import Rule

T = TypeVar("T")
ABSENT = "there is none"  # what is missing is on no line
LISTED_FINDINGS = 10  # of one rule in one message; the rest are counted


def present(things: Iterable[T], what: str, help: str = "") -> Sequence[T]:
    """There is at least one; returns them all."""
    found = tuple(things)
    if not found:
        raise CheckFailed(what, ABSENT, help)
    return found


def finds_nothing(rule: Rule, artifact: Any, *, among: Collection[Any], what: str) -> None:
    """There is something to judge (`among`, called `what`), and the rule finds nothing wrong with it."""
    present(among, what, rule.help)
    findings = list(rule(artifact))
    if findings:
        listed = [f"line {finding.line}: {finding.message}" for finding in findings[:LISTED_FINDINGS]]
        if (rest := len(findings) - LISTED_FINDINGS) > 0:
            listed.append(f"and {rest} more like these")
        story = findings[0].message if len(findings) == 1 else "\n".join(listed)
        raise CheckFailed(f"no place where {rule.pattern}", story, rule.help, line=findings[0].line)


def equal(actual: object, expected: object, what: str, *, line: int | None = None, help: str = "") -> None:
    """`what` is just this."""
    if actual != expected:
        raise CheckFailed(f"{what} is `{expected}`", f"it is `{actual}`", help, line=line)


def absent(name: str, settings: Iterable[str], where: str) -> None:
    """No setting `NAME=...` of this name is in `where`."""
    for setting in settings:
        if setting.removeprefix("export ").partition("=")[0].strip() == name:
            raise CheckFailed(
                f"no `{name}` in {where}", f"`{setting.strip()}`", "It belongs to the build alone."
            )


def at_most(actual: float, limit: float, what: str, unit: str, help: str = "") -> None:
    """`what` is no more than `limit`."""
    if actual > limit:
        raise CheckFailed(f"{what}: at most {limit:g} {unit}", f"{actual:.1f} {unit}", help)


def in_order(
    things: Sequence[T], steps: Sequence[tuple[str, Callable[[T], bool]]], line: Callable[[T], int]
) -> None:
    """Each step is found behind the one before it; says which is missing or too early, and behind what."""
    rest, behind = list(things), ""
    last: int | None = None
    for what, is_step in steps:
        index = next((number for number, thing in enumerate(rest) if is_step(thing)), None)
        if index is None:
            raise CheckFailed(
                f"{what}{behind}", _where_else(things, is_step, line), "The order matters.", line=last
            )
        last, behind = line(rest[index]), f" behind line {line(rest[index])} ({what})"
        rest = rest[index + 1 :]


def _where_else(things: Sequence[T], is_step: Callable[[T], bool], line: Callable[[T], int]) -> str:
    """The step is not where it should be: say where it is."""
    lines = ", ".join(str(line(thing)) for thing in things if is_step(thing))
    return f"one in line {lines}, which is too early" if lines else ABSENT
