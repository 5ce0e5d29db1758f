"""A report for a person: the first thing to mend, the table, each other mistake, the score, the next step."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.outcomes import CheckResult, LabResult, Outcome, Report
from checks.reports.amended import print_amendments
from checks.reports.excerpt import print_excerpt
from checks.reports.page import STYLES, Page
from checks.reports.reasons import Reason, print_blocked, print_errors, print_not_run
from checks.reports.root_cause import failures, first_cause
from checks.reports.values import HANG, print_values
from checks.reports.verdict import next_step, scores, unjudged, with_outcome
from checks.reports.words import print_words, texts_of

Sources = Callable[[str], Sequence[str] | None]
"""The lines of a file of the submission, by its name in the report; None when it has none."""


def print_report(report: Report, sources: Sources, console: Console, edition: str = "") -> None:
    """Print one submission's report, of this edition of the course; text of a student is printed as plain text."""
    page, first = Page(console), first_cause(report)
    _print_heading(page, report, edition)
    if first:
        print_failure(page, first.reason, sources)
        print_waiting(page, first.waiting)
    for lab in report.labs:
        _print_lab(page, lab)
    for reason in failures(report):
        if first is None or reason != first.reason:
            print_failure(page, reason, sources)
    waiting = first.waiting if first else ()
    told = {id(check) for check in waiting}  # by identity: two labs may have equal ones
    print_blocked(page, [check for check in with_outcome(report, Outcome.BLOCKED) if id(check) not in told])
    print_not_run(page, with_outcome(report, Outcome.NOT_RUN))
    print_errors(page, with_outcome(report, Outcome.ERROR))
    for check in with_outcome(report, Outcome.PASS):
        _print_measured(page, check)
    print_amendments(page, report)
    print_words(page, texts_of(failures(report)))
    _print_verdict(page, report)


def _print_heading(page: Page, report: Report, edition: str) -> None:
    engine = report.engine
    used = "no engine" if engine.kind == "none" else f"{engine.kind} engine {engine.version}".rstrip()
    bases = "" if engine.bases == "none" else f", bases: {engine.bases}"
    of_edition = f", edition {edition}" if edition else ""
    page.print("")
    page.print(page.line(report.submission, "bold"), page.line(f"  {used}{bases}{of_edition}", "dim"))


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


def print_failure(page: Page, reason: Reason, sources: Sources, *, note: str = "") -> None:
    """Print a mistake with its place, an excerpt, what was expected and found, and what to try."""
    first = reason.first
    page.print("")
    page.print(
        page.mark(Outcome.FAIL),
        " ",
        _failure_title(page, reason),
        "  ",
        Text((_points(reason.points) if reason.points else "bonus") + note, style="dim"),
    )
    if reason.place:
        page.print("  ", page.line(reason.place, "cyan"))
    lines = sources(first.file) if first.file is not None and first.line is not None else None
    if lines is not None and first.line is not None:
        print_excerpt(page, lines, first.line)
    print_values(page, {"expected": first.expected, "found": first.actual, "try": reason.help})
    if len(reason.checks) > 1:
        print_values(page, {"checks": ", ".join(check.id for check in reason.checks)})


def print_waiting(page: Page, checks: Sequence[CheckResult]) -> None:
    """Print on one line which checks wait for a failed one: as many names as fit, and the number of the others."""
    if not checks:
        return
    names, room = [check.id for check in checks], page.width - HANG
    shown = len(names)
    while shown > 1 and len(_named(names, shown)) > room:
        shown -= 1
    print_values(page, {"waiting": _named(names, shown)})


def _named(names: Sequence[str], shown: int) -> str:
    rest = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + rest


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
