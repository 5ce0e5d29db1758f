"""The checks that came to no verdict of their own: what they wait for, and whose turn it is."""

from collections.abc import Sequence

from rich.text import Text

from checks.grading.outcomes import CheckResult, Outcome
from checks.reports.page import Page
from checks.reports.reasons import obstacles
from checks.reports.values import print_value, print_values


def print_blocked(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print a line for each, naming what blocked it."""
    if not checks:
        return
    page.print("")
    page.print(Text("Waiting for a check above", style="bold"))
    width = max(len(check.id) for check in checks)
    for check in checks:
        name = page.line(f"{check.id:<{width}}")
        page.print("  ", page.mark(Outcome.BLOCKED), " ", name, "  ", page.line(check.actual, "dim"))


def print_not_run(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print each reason once, with the checks that it kept from running."""
    for reason in obstacles(checks):
        page.print("")
        page.print(Text("Not run: ", style="bold"), page.line(reason.first.actual))
        names = ", ".join(check.id for check in reason.checks)
        print_values(page, {"try": reason.help, "checks": names})


def print_errors(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print the grader's own faults, as such."""
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
