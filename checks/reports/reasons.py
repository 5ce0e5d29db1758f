"""Group checks by reason, so that a report shows one mistake once; print blocked, not-run and error outcomes."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from checks.outcomes import CheckResult, Outcome
from checks.reports.page import Page
from checks.reports.values import print_value, print_values


@dataclass(frozen=True, slots=True)
class Reason:
    """One or more checks with the same expectation, observation and place."""

    checks: tuple[CheckResult, ...]

    @property
    def first(self) -> CheckResult:
        """The first of the checks, in the order of the lab."""
        return self.checks[0]

    @property
    def points(self) -> int:
        """The points lost for this reason."""
        return sum(check.max_score - check.score for check in self.checks)

    @property
    def place(self) -> str:
        """`file:line`, `file`, or an empty string."""
        return ":".join(str(part) for part in (self.first.file, self.first.line) if part is not None)

    @property
    def help(self) -> str:
        """The distinct help texts of the checks, in order."""
        return "\n".join(dict.fromkeys(check.help for check in self.checks if check.help))


def reasons(checks: Iterable[CheckResult]) -> list[Reason]:
    """Group checks by expectation, observation and place, in the order of each group's first check.

    Checks whose observation an export conceals have no reason in common.
    """
    return _grouped(checks, lambda check: (check.expected, check.actual or check.id, check.file, check.line))


def obstacles(checks: Iterable[CheckResult]) -> list[Reason]:
    """Group checks that were not run by the reason for that, regardless of their file and line."""
    return _grouped(checks, lambda check: check.actual)


def _grouped(checks: Iterable[CheckResult], key: Callable[[CheckResult], Hashable]) -> list[Reason]:
    groups: dict[Hashable, list[CheckResult]] = {}
    for check in checks:
        groups.setdefault(key(check), []).append(check)
    return [Reason(tuple(group)) for group in groups.values()]


def print_blocked(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print a line for each check, naming the check that blocked it."""
    if not checks:
        return
    page.print("")
    page.print(Text("Waiting for a check above", style="bold"))
    width = max(len(check.id) for check in checks)
    for check in checks:
        name = page.line(f"{check.id:<{width}}")
        page.print("  ", page.mark(Outcome.BLOCKED), " ", name, "  ", page.line(check.actual, "dim"))


def print_not_run(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print each reason once, with the checks that were not run because of it."""
    for reason in obstacles(checks):
        page.print("")
        page.print(Text("Not run: ", style="bold"), page.line(reason.first.actual))
        names = ", ".join(check.id for check in reason.checks)
        print_values(page, {"try": reason.help, "checks": names})


def print_errors(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print the grader's own faults, and say that they are the grader's."""
    if not checks:
        return
    page.print("")
    page.print(Text("The grader itself failed here", style="bold magenta"))
    for help in dict.fromkeys(check.help for check in checks if check.help):
        print_value(page, "", help, hang=2)
    for check in checks:
        page.print("")
        page.print("  ", page.mark(Outcome.ERROR), " ", page.line(check.id))
        print_value(page, "", check.actual, hang=4)
