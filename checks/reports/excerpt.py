"""The lines of a student's file around a failure, with carets under the failing line."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from checks.reports.page import Page

AROUND = 2
"""Lines shown before and after the one that is meant."""
INDENT = 4


def print_excerpt(page: Page, lines: Sequence[str], line: int) -> None:
    """Print the lines around a 1-based line; print nothing if the file has no such line."""
    if not 1 <= line <= len(lines):
        return
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    digits = len(str(last))
    page.print("")
    for number in range(first, last + 1):
        source, note = page.cut(lines[number - 1].rstrip(), page.width - INDENT - digits - 3)
        style = "bold" if number == line else "dim"
        _print_row(page, _gutter(page, str(number), digits), Text(source, style), Text(note, "dim"))
        if number == line:
            _print_row(page, _gutter(page, "", digits), Text(_carets(source), "red"))
    page.print("")


def _gutter(page: Page, number: str, digits: int) -> Text:
    return Text(f"{'':{INDENT}}{number:>{digits}} {page.glyphs.bar}", style="dim")


def _carets(source: str) -> str:
    text = source.lstrip()
    return " " * cell_len(source[: len(source) - len(text)]) + "^" * max(1, cell_len(text))


def _print_row(page: Page, gutter: Text, source: Text, note: Text | str = "") -> None:
    page.print(gutter, " " if source.plain else "", source, note)
