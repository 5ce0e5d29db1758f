"""Assertions about one value, about many, and about what a rule finds."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from checks.outcomes import CheckFailed
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
