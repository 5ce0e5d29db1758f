"""Numbers of Compose's YAML: Go's spellings, of which YAML 1.2 takes some for text (`1_000`, `0b11`, `-0x10`).

`010` is eight, as in C; JSON Schema and YAML 1.2 have it otherwise.
"""

import math
import re

MAX_CHARACTERS = 64  # of one: a longer one is no number that a person writes
_WHOLE = re.compile(
    r"(?P<sign>[-+]?)"
    r"(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))"
)
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES = {"x": 16, "b": 2, "o": 8, "d": 10}


def number_of(text: str) -> int | float | None:
    """What a plain scalar is worth; None for text."""
    if len(text) > MAX_CHARACTERS or text.startswith("_"):
        return None
    plain = text.replace("_", "")
    if whole := _WHOLE.fullmatch(plain):
        digits = str(whole.lastgroup)
        return int(whole["sign"] + whole[digits], _BASES[digits])
    value = float(plain) if _REAL.fullmatch(plain) else math.inf
    return value if math.isfinite(value) else None
