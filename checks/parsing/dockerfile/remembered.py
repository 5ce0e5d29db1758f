"""Results of functions, cached on their RUN, because every rule asks for them again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from checks.parsing.dockerfile.instructions import Run

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Remembered(Generic[R]):
    """A function that is called once for each RUN. Its exceptions are not cached."""

    function: Callable[[Run], R]
    name: str  # the key of the cached result

    def __call__(self, run: Run) -> R:
        kept = vars(run)  # as functools.cached_property does: a frozen dataclass refuses only assignment
        if self.name not in kept:
            kept[self.name] = self.function(run)
        found: R = kept[self.name]
        return found

    def knows(self, run: Run) -> bool:
        """Whether the result for this RUN is cached."""
        return self.name in vars(run)


def remembered(function: Callable[[Run], R]) -> Remembered[R]:
    """Cache the result of `function` for each RUN."""
    return Remembered(function, f"{function.__module__}.{function.__qualname__}")
