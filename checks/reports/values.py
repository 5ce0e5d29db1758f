"""What was expected, what was found, and what to try: labelled paragraphs with a hanging indent."""

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells
from rich.text import Text

from checks.evidence.output import FENCE
from checks.reports.page import Page

INDENT = 2
HANG = 12
"""Cells from the left edge to the values; the labels stand before."""
MOST_LINES = 60
"""Lines of one value that a person is shown; the JSON report has all of them."""


def print_values(page: Page, values: dict[str, str]) -> None:
    """Print each value that is not empty beside its label, line breaks as they are."""
    for label, value in values.items():
        if value.strip():
            print_value(page, label, value)


def print_value(page: Page, label: str, value: str, hang: int = HANG) -> None:
    """Print one value behind its label, that many cells from the left."""
    margin = Text(f"{'':{INDENT}}{label}".ljust(hang), style="dim")
    for line in _lines(page, value.strip("\n")):
        for row in _rows(page, line, max(1, page.width - hang)):
            page.print(margin, row)
            margin = Text(" " * hang)


def _lines(page: Page, value: str) -> list[str]:
    lines = page.lines(value)
    left_out = len(lines) - MOST_LINES
    if left_out <= 0:
        return lines
    return [*lines[:MOST_LINES], f"{page.glyphs.ellipsis} {left_out:,} more lines are in the JSON report"]


def _rows(page: Page, line: str, width: int) -> Iterator[Text]:
    """Break a quoted line so that every part of it stays behind the fence, and prose between words."""
    room = width - cell_len(FENCE)
    if line.startswith(FENCE) and room > 0:
        yield from (
            Text(FENCE + part.rstrip()) for part in chop_cells(line.removeprefix(FENCE), room) or [""]
        )
    else:
        yield from page.wrapped(line, width)
