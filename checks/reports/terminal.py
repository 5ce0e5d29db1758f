"""A report for a person: the table, each mistake with its place and help, the score, the next step."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.amended import print_amendments
from checks.reports.excerpt import print_excerpt
from checks.reports.page import STYLES, Page
from checks.reports.reasons import Reason, print_blocked, print_errors, print_not_run, reasons
from checks.reports.values import print_values
from checks.reports.verdict import next_step, scores, unjudged

Sources = Callable[[str], Sequence[str] | None]
"""The lines of a file of the submission, by its name in the report; None when it has none."""


def print_report(report: Report, sources: Sources, console: Console) -> None:
    """Print one submission's report; text of a student is printed as plain text."""
    page = Page(console)
    _print_heading(page, report)
    for lab in report.labs:
        _print_lab(page, lab)
    for reason in reasons(_with(report, Outcome.FAIL)):
        _print_failure(page, reason, sources)
    print_blocked(page, _with(report, Outcome.BLOCKED))
    print_not_run(page, _with(report, Outcome.NOT_RUN))
    print_errors(page, _with(report, Outcome.ERROR))
    for check in _with(report, Outcome.PASS):
        _print_measured(page, check)
    print_amendments(page, report)
    _print_verdict(page, report)


def _with(report: Report, outcome: Outcome) -> list[CheckResult]:
    """Return the checks with that outcome, except those about which a person has decided."""
    return [check for check in report.checks if check.outcome is outcome and check.override is None]


def _print_heading(page: Page, report: Report) -> None:
    engine = report.engine
    used = "no engine" if engine.kind == "none" else f"{engine.kind} engine {engine.version}".rstrip()
    bases = "" if engine.bases == "none" else f", bases: {engine.bases}"
    page.print("")
    page.print(page.line(report.submission, "bold"), page.line(f"  {used}{bases}", "dim"))


def _print_lab(page: Page, lab: LabResult) -> None:
    page.print("")
    page.print(page.line(lab.title, "bold"), page.line(f"  {lab.id}", "dim"))
    table = Table.grid(padding=(0, 2, 0, 0))
    for justify, wraps in (("left", False), ("left", False), ("left", True), ("right", False)):
        table.add_column(justify=justify, no_wrap=not wraps)  # type: ignore[arg-type]  # two of rich's words
    for check in lab.checks:
        table.add_row(*_row(page, check))
    page.draw(table)


def _row(page: Page, check: CheckResult) -> tuple[Text, Text, Text, Text]:
    style = STYLES[check.outcome]
    points = (
        f"{'-' if check.is_open else check.score}/{check.max_score}"
        if not check.is_bonus
        else f"+{check.score}"
    )
    return (
        Text("  ").append_text(page.mark(check.outcome)),
        page.line(check.outcome.value, style),
        page.line(check.title, "dim" if check.outcome is Outcome.NOT_RUN else ""),
        Text(f"{points} (set)" if check.override else points, style=style),
    )


def _print_failure(page: Page, reason: Reason, sources: Sources) -> None:
    first = reason.first
    page.print("")
    page.print(
        page.mark(Outcome.FAIL),
        " ",
        _failure_title(page, reason),
        "  ",
        Text(_points(reason.points) if reason.points else "bonus", style="dim"),
    )
    if reason.place:
        page.print("  ", page.line(reason.place, "cyan"))
    lines = sources(first.file) if first.file is not None and first.line is not None else None
    if lines is not None and first.line is not None:
        print_excerpt(page, lines, first.line)
    print_values(page, {"expected": first.expected, "found": first.actual, "try": reason.help})
    if len(reason.checks) > 1:
        print_values(page, {"checks": ", ".join(check.id for check in reason.checks)})


def _print_measured(page: Page, check: CheckResult) -> None:
    """Print the figures that a passed check has measured, if any."""
    if check.actual:
        page.print("")
        page.print(page.line(check.title, "bold"))
        for line in check.actual.splitlines():
            page.print("  ", *page.cut(line, max(1, page.width - 2)))


def _failure_title(page: Page, reason: Reason) -> Text:
    several = len(reason.checks) > 1
    title = f"{len(reason.checks)} checks fail for one reason." if several else reason.first.title
    return page.line(title, "bold")


def _points(points: int) -> str:
    return f"{points} {'point' if points == 1 else 'points'}"


def _print_verdict(page: Page, report: Report) -> None:
    page.print("")
    lines = scores(report)
    width = max((len(name) for name in lines), default=0)
    for name, score in lines.items():
        page.print(page.line(f"{name:<{width}}", "bold"), "  ", Text(score, style="bold"))
    if points := unjudged(report):
        page.print(Text(f"{_points(points)} not judged yet", style="dim"))
    page.print("")
    page.print(page.line(next_step(report), "green"))
