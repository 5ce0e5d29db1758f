"""Checks that came to the same end for the same reason, so that one mistake is told once."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from checks.grading.outcomes import CheckResult


@dataclass(frozen=True, slots=True)
class Reason:
    """One or more checks with the same expectation, observation and place."""

    checks: tuple[CheckResult, ...]

    @property
    def first(self) -> CheckResult:
        """The first of them, in the order of the lab."""
        return self.checks[0]

    @property
    def points(self) -> int:
        """Points that hang on it."""
        return sum(check.max_score - check.score for check in self.checks)

    @property
    def place(self) -> str:
        """`file:line`, `file`, or nothing."""
        return ":".join(str(part) for part in (self.first.file, self.first.line) if part is not None)

    @property
    def help(self) -> str:
        """Every different advice, in order."""
        return "\n".join(dict.fromkeys(check.help for check in self.checks if check.help))


def reasons(checks: Iterable[CheckResult]) -> list[Reason]:
    """Group checks by what was expected, what was found and where; the order is that of the first of each."""
    return _grouped(checks, lambda check: (check.expected, check.actual, check.file, check.line))


def obstacles(checks: Iterable[CheckResult]) -> list[Reason]:
    """Group checks that were not run by what kept them from it, whatever they would have looked at."""
    return _grouped(checks, lambda check: check.actual)


def _grouped(checks: Iterable[CheckResult], key: Callable[[CheckResult], Hashable]) -> list[Reason]:
    groups: dict[Hashable, list[CheckResult]] = {}
    for check in checks:
        groups.setdefault(key(check), []).append(check)
    return [Reason(tuple(group)) for group in groups.values()]
