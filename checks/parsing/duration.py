"""A span of time as Go writes it (`1m30s`, `.5s`, `0`), in nanoseconds."""

import re

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(r"([0-9]{0,20})(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(rf"[+-]?(?:(?=\.?[0-9]){_PART.pattern})+")
MOST = 2**63 - 1


def nanoseconds(text: str) -> int | None:
    """How long it is; None when it is none: without a unit, or longer than 292 years."""
    if text.lstrip("+-") == "0" and len(text) <= len("+0"):
        return 0
    if not _WHOLE.fullmatch(text):
        return None
    total = sum(_length(*match) for match in _PART.findall(text))
    return None if total > MOST else -total if text.startswith("-") else total


def _length(whole: str, fraction: str, unit: str) -> int:
    kept = fraction[:18]
    size = _UNITS[unit]
    return int(whole or 0) * size + int(kept or 0) * size // int("1" + "0" * len(kept))
