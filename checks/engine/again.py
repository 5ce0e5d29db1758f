"""Ask an engine again: a port or an address that was taken a moment ago may be free now."""

import functools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

ATTEMPTS = 3
PAUSE_SECONDS = 1.0

P = ParamSpec("P")
R = TypeVar("R")


def again(*troubles: type[Exception], attempts: int = ATTEMPTS) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a function called again where one of `troubles` comes of it; the last one is raised."""

    def persistent(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def persisted(*args: P.args, **kwargs: P.kwargs) -> R:
            for _ in range(attempts - 1):
                with suppress(*troubles):
                    return function(*args, **kwargs)
                time.sleep(PAUSE_SECONDS)
            return function(*args, **kwargs)

        return persisted

    return persistent
