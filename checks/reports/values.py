"""Labelled paragraphs with a hanging indent: the expected, the found, and help."""

from collections.abc import Iterator
from itertools import islice

from rich.cells import cell_len, chop_cells
from rich.text import Text

from checks.reports.page import Page
from checks.sanitize import FENCE

INDENT = 2
HANG = 12
"""Cells from the left edge to the values; the labels stand before."""
MOST_ROWS = 60
"""Rows on the screen that one value may take; the JSON report has all of it."""


def print_values(page: Page, values: dict[str, str]) -> None:
    """Print each value that is not empty beside its label, with its line breaks."""
    for label, value in values.items():
        if value.strip():
            print_value(page, label, value)


def print_value(page: Page, label: str, value: str, hang: int = HANG) -> None:
    """Print one value after its label, `hang` cells from the left edge."""
    margin = Text(f"{'':{INDENT}}{label}".ljust(hang), style="dim")
    width = max(1, page.width - hang)
    rows = (row for line in page.lines(value.strip("\n")) for row in _rows(page, line, width))
    for row in islice(rows, MOST_ROWS):
        page.print(margin, row)
        margin = Text(" " * hang)
    if next(rows, None) is not None:
        note = f"{page.glyphs.ellipsis} cut here; `--out` writes all {len(value):,} characters"
        page.print(margin, Text(note, style="dim"))


def _rows(page: Page, line: str, width: int) -> Iterator[Text]:
    """Break a quoted line into parts that each begin with the fence, and prose between words."""
    line = line[: (MOST_ROWS + 1) * width]  # one row more than is shown, so that the caller detects the cut
    room = width - cell_len(FENCE)
    if line.startswith(FENCE) and room > 0:
        yield from (
            Text(FENCE + part.rstrip()) for part in chop_cells(line.removeprefix(FENCE), room) or [""]
        )
    else:
        yield from page.wrapped(line, width)
