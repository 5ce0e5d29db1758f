"""Assertions about single values, collections, and the findings of a rule."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from checks.outcomes import MEND, CheckFailed
from checks.parsing.text.problems import ParseError
from checks.rules.rule import Rule
from checks.sanitize import sanitize

T = TypeVar("T")
ABSENT = "there is none"  # a missing thing has no line
LISTED_FINDINGS = 10  # of one rule in one message; the rest are counted


@contextmanager
def in_file(file: str) -> Iterator[None]:
    """Set this file in failures of the block, for labs with several files of a kind."""
    try:
        yield
    except ParseError as error:
        expected = f"a {file.rpartition('/')[2]} that can be read"
        raise CheckFailed(expected, sanitize(error.message), MEND, file=file, line=error.line) from None
    except CheckFailed as failed:
        failed.file = failed.file or file
        raise


def present(things: Iterable[T], what: str, help: str = "") -> Sequence[T]:
    """Assert that there is at least one; return them all."""
    found = tuple(things)
    if not found:
        raise CheckFailed(what, ABSENT, help)
    return found


def finds_nothing(rule: Rule, artifact: Any, *, among: Collection[Any], what: str) -> None:
    """Assert that `among` (called `what`) is not empty, and that the rule has no finding in `artifact`."""
    present(among, what, rule.help)
    findings = list(rule(artifact))
    if findings:
        listed = [f"line {finding.line}: {finding.message}" for finding in findings[:LISTED_FINDINGS]]
        if (rest := len(findings) - LISTED_FINDINGS) > 0:
            listed.append(f"and {rest} more like these")
        story = findings[0].message if len(findings) == 1 else "\n".join(listed)
        raise CheckFailed(f"no place where {rule.pattern}", story, rule.help, line=findings[0].line)


def equal(actual: object, expected: object, what: str, *, line: int | None = None, help: str = "") -> None:
    """Assert that `actual`, called `what`, equals `expected`."""
    if actual != expected:
        raise CheckFailed(f"{what} is `{expected}`", f"it is `{actual}`", help, line=line)


def absent(name: str, settings: Iterable[str], where: str) -> None:
    """Assert that `settings`, called `where`, have no entry `NAME=...` of this name."""
    for setting in settings:
        if setting.removeprefix("export ").partition("=")[0].strip() == name:
            raise CheckFailed(
                f"no `{name}` in {where}", f"`{setting.strip()}`", "It belongs to the build alone."
            )


def at_most(actual: float, limit: float, what: str, unit: str, help: str = "") -> None:
    """Assert that `actual`, called `what`, is at most `limit`."""
    if actual > limit:
        raise CheckFailed(f"{what}: at most {limit:g} {unit}", f"{actual:.1f} {unit}", help)
