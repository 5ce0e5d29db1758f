"""The page that a report is printed on: the width and colours of its stream, and only plain text.

Text of a student or of their build could contain markup, escape codes or characters that reorder a line. All text
for the terminal passes through this module and is sanitised once.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.outcomes import Outcome
from checks.sanitize import sanitize, sanitize_line

WIDTH_WITHOUT_TERMINAL = 100


def is_decorated(stream: TextIO) -> bool:
    """Whether to use colours and cursor movement (no-color.org; `TERM=dumb` as terminfo defines it)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def open_console(stream: TextIO) -> "Console":
    """Return a console that interprets no markup and sends escape codes only to a terminal.

    It ignores FORCE_COLOR and similar variables: a pipe always gets plain text.
    """
    from rich.console import Console

    decorated = is_decorated(stream)
    return Console(
        file=stream,
        width=None if stream.isatty() else WIDTH_WITHOUT_TERMINAL,
        force_terminal=decorated,
        color_system="auto" if decorated else None,
        force_jupyter=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def encodable(text: str, encoding: str) -> str:
    """Return the text with escapes for characters that the encoding lacks, so that writing it cannot fail."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


TAB = 4
"""Cells from one tab stop to the next."""

STYLES = {
    Outcome.PASS: "green",
    Outcome.FAIL: "bold red",
    Outcome.BLOCKED: "yellow",
    Outcome.NOT_RUN: "dim",
    Outcome.ERROR: "bold magenta",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The symbols of a report; each outcome's word is shown beside its symbol."""

    marks: dict[Outcome, str]
    bar: str
    dash: str
    ellipsis: str


UNICODE = Glyphs(dict(zip(Outcome, "✓✗↑·!", strict=True)), bar="│", dash="─", ellipsis="…")
ASCII = Glyphs(dict(zip(Outcome, "+x^.!", strict=True)), bar="|", dash="-", ellipsis="...")


class Page:
    """A console with the symbols that its encoding supports, and its width in cells."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._encoding = console.encoding
        self.glyphs = ASCII if console.options.ascii_only else UNICODE
        self.width = console.width

    def line(self, raw: str, style: str = "") -> Text:
        """Return a name or a sentence, on one line."""
        return Text(self._encodable(sanitize_line(raw)), style=style, overflow="fold")

    def lines(self, raw: str) -> list[str]:
        """Return the lines of a longer text."""
        return self._encodable(sanitize(raw).expandtabs(TAB)).split("\n")

    def cut(self, raw: str, width: int) -> tuple[str, str]:
        """Return the part of a line that fits into `width` cells, and a note with its length if it was cut."""
        line = self._encodable(sanitize_line(raw.expandtabs(TAB)))
        if cell_len(line) <= width:
            return line, ""
        note = f" {self.glyphs.ellipsis} ({len(raw):,} characters in all)"
        return chop_cells(line, max(1, width - cell_len(note)))[0], note

    def wrapped(self, line: str, width: int) -> Iterator[Text]:
        """Break a line of prose between words, without blanks at the ends."""
        for row in Text(line).wrap(self._console, width, overflow="fold"):
            row.rstrip()
            yield row

    def mark(self, outcome: Outcome) -> Text:
        """Return the symbol of an outcome, in its colour."""
        return Text(self.glyphs.marks[outcome], style=STYLES[outcome])

    def print(self, *parts: Text | str) -> None:
        """Print a paragraph; a part that is a `str` must be the course's own text, since it is not sanitised."""
        self._console.print(Text.assemble(*parts, overflow="fold"))

    def draw(self, table: Table) -> None:
        """Print a table."""
        self._console.print(table)

    def _encodable(self, text: str) -> str:
        return encodable(text, self._encoding)
