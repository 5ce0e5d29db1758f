"""Health checks no more often than the grader allows: each one starts a process, outside of every limit."""

from collections.abc import Mapping
from typing import Any

from checks.parsing.compose.values import seconds

LEAST_INTERVAL_S = 0.5
NS = 1_000_000_000
DEFAULTS = {"interval": 30.0, "start_interval": 5.0}  # of the engine
OF_IMAGES = {"interval": "Interval", "start_interval": "StartInterval"}


def paced(own: Mapping[str, Any] | None, image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A service's own health check on an image that has another, with enough time between two.

    What a service does not say, the image does. An interval that is long enough stays as it was.
    """
    slower = {
        key: f"{int(LEAST_INTERVAL_S * 1000)}ms"
        for key in DEFAULTS
        if _interval(key, own or {}, image or {}) < LEAST_INTERVAL_S
    }
    if not slower:
        return own
    if "start_interval" in slower and not (own or {}).get("start_period"):
        period = int((image or {}).get("StartPeriod") or 0)  # Compose takes the one with the other only
        slower["start_period"] = f"{period or NS // 1000}ns"
    return {**(own or {}), **slower}


def _interval(key: str, own: Mapping[str, Any], image: Mapping[str, Any]) -> float:
    """The seconds between two checks; a zero counts as nothing said."""
    said = seconds(str(own.get(key) or "")), (image.get(OF_IMAGES[key]) or 0) / NS
    return next((length for length in said if length), DEFAULTS[key])
