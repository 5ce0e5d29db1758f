"""What a student read off an image with dive, compared with what the image is.

dive shows an instruction as the image's history has it: `RUN |1 DEBIAN_FRONTEND=x /bin/sh -c apt-get update #
buildkit`; and sizes as go-humanize writes them, in units of 1000: `612 MB`, `1.2 GB`.
"""

import re
from typing import Any

from checks.evidence.image.layers import Layer

MEGA = 1_000_000
_UNITS = {"": 1.0, "b": 1e-6, "kb": 1e-3, "mb": 1.0, "gb": 1e3}
_FIGURE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-zA-Z]*)\s*")
# What BuildKit writes around the text of a RUN in shell form.
_WRAPPING = re.compile(r"^run (?:\|\d+ .*?)?/bin/(?:ba)?sh (?:-[a-z]+ (?:pipefail )?)*-?c? ?")


def megabytes(figure: Any) -> float | None:
    """A figure in MB (10^6 bytes), given as a number of MB or with its unit; None for anything else."""
    if isinstance(figure, bool) or figure is None:
        return None
    match = _FIGURE.fullmatch(str(figure))
    if match is None or (unit := match[2].lower()) not in _UNITS:
        return None
    return float(match[1].replace(",", ".")) * _UNITS[unit]


def percent(figure: Any) -> float | None:
    """A share in percent, given as `95`, `95 %` or `0.95`; None for anything else. A bare 1 is all of it."""
    text = str(figure).removesuffix("%")
    match = _FIGURE.fullmatch(text)
    if isinstance(figure, bool) or figure is None or match is None or match[2]:
        return None
    share = float(match[1].replace(",", "."))
    return share * 100 if share <= 1 and text == str(figure) else share


def is_close(figure: float, measured: float, percent: float, slack: float) -> bool:
    """Whether a figure is the measured one, within `percent` of that and `slack` more for rounding."""
    return abs(figure - measured) <= measured * percent / 100 + slack


def made(answer: str, layer: Layer) -> bool:
    """Whether the answer is the instruction that made the layer, as the Dockerfile or as dive has it."""
    return _plain(answer) == _plain(layer.created_by) != ""


def _plain(instruction: str) -> str:
    """Without what BuildKit wraps around it, and what does not matter: case of the keyword, blanks."""
    text = " ".join(instruction.removesuffix("# buildkit").replace("\\\n", " ").split())
    keyword, _, rest = text.partition(" ")
    text = f"{keyword.lower()} {rest}" if keyword.isalpha() else text
    return _WRAPPING.sub("run ", text).replace('"', "").replace("'", "")
