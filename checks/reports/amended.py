"""What people and due dates have changed about a grade, in the report for a person."""

from collections.abc import Mapping

from rich.text import Text

from checks.outcomes import Report
from checks.reports.page import Page
from checks.reports.values import print_values


def print_amendments(page: Page, report: Report) -> None:
    """Print each score that a person has set, with the reason, and how late each lab came in."""
    changed = {
        check.title: check.override.sentence
        for lab in report.labs
        for check in lab.checks
        if check.override is not None
    }
    late = {lab.title: lab.late.sentence for lab in report.labs if lab.late and lab.late.days}
    _print_section(page, "Set by a person", "points", changed)
    _print_section(page, "Late", "when", late)


def _print_section(page: Page, heading: str, label: str, sentences: Mapping[str, str]) -> None:
    if not sentences:
        return
    page.print("")
    page.print(Text(heading, style="bold"))
    for title, sentence in sentences.items():
        page.print("  ", page.line(title))
        print_values(page, {label: sentence})
