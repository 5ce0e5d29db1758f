"""The table of a class: each submission's points and first failure, and the checks that failed most often."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.outcomes import Outcome, Report
from checks.reports.gradebook import lab_columns, status
from checks.reports.page import STYLES, Page
from checks.reports.root_cause import failures
from checks.reports.values import print_value

MOST_STUCK = 5
"""Checks that are listed as those that most submissions failed."""

MOST_TITLES = 3
"""Labs whose titles fit above their columns at 80 cells; more are numbered, with a legend."""


def print_class(reports: Sequence[Report], console: Console) -> None:
    """Print a row for each submission, sorted by name; below them the checks that failed most often."""
    page = Page(console)
    ordered = sorted(reports, key=lambda report: report.submission)
    labs = {lab: _title(lab, ordered) for lab in lab_columns(ordered)}
    page.print("")
    headings = list(labs.values()) if len(labs) <= MOST_TITLES else _print_legend(page, labs.values())
    page.draw(_table(page, ordered, list(labs), headings))
    _print_stuck(page, ordered)


def _print_legend(page: Page, titles: Iterable[str]) -> list[str]:
    numbered = {str(number): title for number, title in enumerate(titles, start=1)}
    page.print(page.line("   ".join(f"{number} {title}" for number, title in numbered.items()), "dim"))
    page.print("")
    return list(numbered)


def _title(lab_id: str, reports: Sequence[Report]) -> str:
    return next(lab.title for report in reports for lab in report.labs if lab.id == lab_id)


def _table(page: Page, reports: Sequence[Report], labs: Sequence[str], headings: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Submission", overflow="fold")
    for heading in headings:
        table.add_column(page.line(heading), justify="right")
    table.add_column("Total", justify="right", no_wrap=True)
    table.add_column("First to fix", overflow="fold")
    for report in reports:
        table.add_row(*_row(page, report, labs))
    return table


def _row(page: Page, report: Report, labs: Sequence[str]) -> list[Text]:
    points = {lab.id: f"{lab.score}/{lab.max_score}" for lab in report.labs}
    total = Text(f"{report.final_score}/{report.max_score}", style="bold")
    cells = [Text(points.get(lab, page.glyphs.dash)) for lab in labs]
    return [page.line(report.submission), *cells, total, _first(page, report)]


def _first(page: Page, report: Report) -> Text:
    """Return the first failure, or what several checks miss; if there is none, what kept it from full marks."""
    if failed := failures(report):
        first, several = failed[0].first, len({check.id for check in failed[0].checks}) > 1
        return page.line((several and first.expected) or first.id)
    word = status(report)
    if word != "graded":
        return page.line(word, STYLES[Outcome.ERROR] if word == "error" else "dim")
    return page.mark(Outcome.PASS)


def _print_stuck(page: Page, reports: Sequence[Report]) -> None:
    failed = Counter(
        (f"{lab.id}/{check.id}", check.title)
        for report in reports
        for lab in report.labs
        for check in lab.checks
        if check.outcome is Outcome.FAIL
    )
    if not failed:
        return
    page.print("")
    page.print(Text(f"Failed most often, of {len(reports)}", style="bold"))
    for (column, title), count in sorted(failed.items(), key=lambda item: (-item[1], item[0]))[:MOST_STUCK]:
        print_value(page, str(count), f"{title} ({column})", hang=6)
