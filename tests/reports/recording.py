"""A terminal, recorded as SVG: what a program wrote into a pseudo-terminal, with its colours."""

import io
import re

from rich.console import Console
from rich.text import Text

from tests.terminal import terminal

LINES, COLUMNS = 37, 100
# The template of rich fetches its fonts from elsewhere; a page has monospaced letters of its own.
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def recorded(title: str, *words: str) -> str:
    """Run Python with these words in a terminal, and return a picture of the first lines that it wrote."""
    with terminal(*words, environment={"COLUMNS": str(COLUMNS)}, size=(60, COLUMNS)) as screen:
        screen.end()
        written = screen.seen.decode(errors="replace").replace("\r\n", "\n")
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi("\n".join(written.strip("\n").split("\n")[:LINES])))
    return _FONTS.sub("", console.export_svg(title=title, unique_id="terminal"))
