"""Ask an engine again: a port or an address that was taken a moment ago may be free now."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

ATTEMPTS = 3
PAUSE_SECONDS = 1.0

T = TypeVar("T")


def again(attempt: Callable[[], T], *troubles: type[Exception]) -> T:
    """What `attempt` returns; it is made up to three times where one of `troubles` comes of it."""
    for _ in range(ATTEMPTS - 1):
        with suppress(*troubles):
            return attempt()
        time.sleep(PAUSE_SECONDS)
    return attempt()
