"""The attempts to have one submission graded on a cluster, and when they are over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from distributed import KilledWorker

from checks.grading.entries import Entry
from checks.sanitize import sanitize_line

MOST = 3  # workers that one submission may end, or fail on


@dataclass
class Attempts:
    """A submission, the worker that has it, and how each that had it before ended."""

    entry: Entry
    worker: str = ""
    _ended: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def preferred(self, free: Sequence[str]) -> str:
        """Return a worker that has not had it, if there is one."""
        return next((worker for worker in free if worker not in self._ended), free[0])

    def died(self) -> None:
        """Note that its worker is gone."""
        self._note("ended while it had this submission", 1)

    def failed(self, error: Exception) -> None:
        """Note what its worker raised.

        Where workers come back under their old address, the scheduler alone knows that they had ended.
        """
        if isinstance(error, KilledWorker):
            self._note("ended while it had this submission", error.allowed_failures + 1)
        else:
            self._note(f"failed ({sanitize_line(f'{type(error).__name__}: {error}')})", 1)

    def _note(self, how: str, count: int) -> None:
        self._ended[self.worker] = how
        self._count += count

    @property
    def are_over(self) -> bool:
        """Whether no other worker may get it."""
        return self._count >= MOST

    @property
    def story(self) -> str:
        """Return what happened, for the report."""
        each = "; ".join(f"the worker {worker} {how}" for worker, how in self._ended.items())
        return f"{each}. No other worker gets it before the next run. Read those workers' logs"
