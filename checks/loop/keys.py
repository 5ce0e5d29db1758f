"""Keys: single characters from a terminal, which is left as it was found. Ctrl-C stays a signal."""

import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def keys() -> Iterator[int | None]:
    """Yield a descriptor from which keys can be read one by one; None if standard input is no terminal."""
    if not sys.stdin.isatty():
        yield None
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        yield terminal
    finally:
        with suppress(termios.error):  # the terminal is gone, as when a connection breaks
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


def pressed(terminal: int) -> str:
    """Return the key that was pressed, in lower case; an empty string when the terminal is gone."""
    with suppress(OSError):
        return os.read(terminal, 1).decode("ascii", "replace").lower()
    return ""
