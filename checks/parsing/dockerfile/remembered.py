"""What was found out about a RUN, kept with it: every rule asks for it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from checks.parsing.dockerfile.instructions import Run

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Remembered(Generic[R]):
    """A function that is asked once about each RUN. What it raises is not kept."""

    function: Callable[[Run], R]
    name: str  # that it is kept by

    def __call__(self, run: Run) -> R:
        kept = vars(run)  # as functools.cached_property does it: a frozen dataclass refuses assignment only
        if self.name not in kept:
            kept[self.name] = self.function(run)
        found: R = kept[self.name]
        return found

    def knows(self, run: Run) -> bool:
        """Whether it has been asked about this one."""
        return self.name in vars(run)


def remembered(function: Callable[[Run], R]) -> Remembered[R]:
    """Ask `function` once about each RUN."""
    return Remembered(function, f"{function.__module__}.{function.__qualname__}")
