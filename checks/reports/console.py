"""How a report may be printed on a stream: as wide as the terminal, and coloured only on one."""

import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_WITHOUT_TERMINAL = 100


def is_decorated(stream: TextIO) -> bool:
    """Whether colours and cursor movement are welcome (no-color.org; `TERM=dumb` as terminfo defines it)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def open_console(stream: TextIO) -> "Console":
    """Return a console that reads no markup in anything and sends escape codes to nothing but a terminal.

    FORCE_COLOR and its like are not heard: a pipe gets text, whatever the environment says.
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
    """Return the text with escapes for what the encoding has no sign for, so that writing it cannot fail."""
    return text.encode(encoding, "backslashreplace").decode(encoding)
