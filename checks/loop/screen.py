"""The screen of the watch: one page at a time, drawn anew, cut to the height of the terminal with its top in sight.

On a terminal that can clear itself the new page takes the place of the old one, with or without colours. Elsewhere
pages follow each other.
"""

import os
from collections.abc import Callable
from typing import TextIO

from checks.reports.page import Page, open_console

CLEAR = "\x1b[H\x1b[2J\x1b[3J"  # ECMA-48: cursor home, erase the screen; xterm's: erase what has scrolled out
RESERVED = 3  # rows below the page: a blank one, the line with the keys, the cursor


class Screen:
    """A stream that pages are drawn on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._clears = stream.isatty() and os.environ.get("TERM", "dumb") not in {"", "dumb"}

    def draw(self, contents: Callable[[Page], None], footer: str) -> None:
        """Draw a page and the line below it."""
        console = open_console(self._stream)
        with console.capture() as capture:
            contents(Page(console))
        lines = capture.get().rstrip("\n").split("\n")
        if self._clears and len(lines) > (most := max(1, console.height - RESERVED - 1)):
            lines = [*lines[:most], f"({len(lines) - most} more lines)"]
        start = CLEAR if self._clears else "\n"
        self._stream.write(start + "\n".join([*lines, "", footer[: console.width - 1], ""]))
        self._stream.flush()
