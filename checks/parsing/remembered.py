"""What was found out about a RUN, kept with it: every rule asks for it again."""

import functools
from collections.abc import Callable
from typing import TypeVar

from checks.parsing.instructions import Run

R = TypeVar("R")


def remembered(function: Callable[[Run], R]) -> Callable[[Run], R]:
    """Ask `function` once about each RUN. What it raises is not kept."""
    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def asked(run: Run) -> R:
        kept = vars(run)  # as functools.cached_property does it: a frozen dataclass refuses assignment only
        if name not in kept:
            kept[name] = function(run)
        found: R = kept[name]
        return found

    return asked
