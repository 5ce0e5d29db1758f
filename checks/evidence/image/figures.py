"""Compare the figures that a student read in dive with the image.

dive shows an instruction as the image's history has it: `RUN |1 DEBIAN_FRONTEND=x /bin/sh -c apt-get update #
buildkit`; and sizes as go-humanize writes them, in units of 1000: `612 MB`, `1.2 GB`.
"""

import re
from typing import Any

from checks.evidence.image.layers import Layer

KILO, MEGA = 1_000, 1_000_000
_UNITS = {"": 1.0, "b": 1e-6, "kb": 1e-3, "mb": 1.0, "gb": 1e3}
_FIGURE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-zA-Z]*)\s*")
# The text that BuildKit writes around a RUN in shell form.
_WRAPPING = re.compile(r"^run (?:\|\d+ .*?)?/bin/(?:ba)?sh (?:-[a-z]+ (?:pipefail )?)*-?c? ?")


def in_units(size: float) -> str:
    """Return bytes in units of 1000, as dive shows them: `0 B`, `25.1 kB`, `406.8 MB`."""
    if size < KILO:
        return f"{size:.0f} B"
    return f"{size / KILO:.1f} kB" if size < MEGA else f"{size / MEGA:.1f} MB"


def megabytes(figure: Any) -> float | None:
    """Return a figure in MB (10^6 bytes), given as a number of MB or with a unit; None for anything else."""
    if isinstance(figure, bool) or figure is None:
        return None
    match = _FIGURE.fullmatch(str(figure))
    if match is None or (unit := match[2].lower()) not in _UNITS:
        return None
    return float(match[1].replace(",", ".")) * _UNITS[unit]


def percent(figure: Any) -> float | None:
    """Return a share in percent, given as `95`, `95 %` or `0.95`; None for anything else. A bare 1 is 100 %."""
    text = str(figure).removesuffix("%")
    match = _FIGURE.fullmatch(text)
    if isinstance(figure, bool) or figure is None or match is None or match[2]:
        return None
    share = float(match[1].replace(",", "."))
    return share * 100 if share <= 1 and text == str(figure) else share


def is_close(figure: float, measured: float, percent: float, slack: float) -> bool:
    """Whether a figure is within `percent` of the measured one, plus `slack` for rounding."""
    return abs(figure - measured) <= measured * percent / 100 + slack


def made(answer: str, layer: Layer) -> bool:
    """Whether the answer is the instruction that made the layer, as written in the Dockerfile or shown by dive."""
    return _plain(answer) == _plain(layer.created_by) != ""


def _plain(instruction: str) -> str:
    """Return the instruction without BuildKit's wrapping, quotes, case of the keyword and extra blanks."""
    text = " ".join(instruction.removesuffix("# buildkit").replace("\\\n", " ").split())
    keyword, _, rest = text.partition(" ")
    text = f"{keyword.lower()} {rest}" if keyword.isalpha() else text
    return _WRAPPING.sub("run ", text).replace('"', "").replace("'", "")
