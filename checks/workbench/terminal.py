"""The variables by which a program knows the terminal that it is shown on, and its user's language.

An engine's clients get the engine's environment and nothing of the person's. A program that draws a screen, as
dive does, cannot begin without TERM.
"""

import os
from collections.abc import Mapping
from typing import TextIO

_DUMB = frozenset({"", "dumb"})  # values of TERM: no place on the screen can be named
_NAMES = frozenset(
    {"TERM", "TERMINFO", "TERMINFO_DIRS", "TERM_PROGRAM", "COLORTERM", "NO_COLOR", "CLICOLOR", "FORCE_COLOR",
     "LANG", "LANGUAGE", "LINES", "COLUMNS", "TZ"}
)  # fmt: skip
_LOCALE = "LC_"


def can_draw(stream: TextIO) -> bool:
    """Whether a program can draw a screen there."""
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB


def terminal_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of an environment that are about its terminal and its language."""
    return {name: value for name, value in environment.items() if name in _NAMES or name.startswith(_LOCALE)}
