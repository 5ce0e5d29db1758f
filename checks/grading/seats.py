"""The seats of a Dask cluster: each engine of each worker is one, if the worker has the same course."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from distributed import Client
from distributed.comm.core import CommClosedError

from checks.grading.course import course
from checks.grading.on_worker import course_here
from checks.grading.pool import PoolError
from checks.sanitize import sanitize_line

RESOURCE = "engine"  # what `dask worker --resources "engine=1"` declares
GRACE_SECONDS = 20.0  # for a worker that can grade to come, where all that are there cannot

HOW = f'it waits for one, started with `dask worker --resources "{RESOURCE}=1"`'


@dataclass
class Seats:
    """The workers that can grade, and how many submissions each at once.

    A worker is asked once for its course; `refused` says why one gets nothing.
    """

    client: Client
    note: Callable[[str], None]
    refused: dict[str, str] = field(default_factory=dict)
    _fit: set[str] = field(default_factory=set)
    _told: bool = False
    _unfit_since: float | None = None

    def now(self) -> Mapping[str, int]:
        """Return the seats of each worker that can grade; raise `PoolError` if none will, or none is known."""
        workers = self._workers()
        seats = {address: int(worker["resources"].get(RESOURCE, 0)) for address, worker in workers.items()}
        self._ask([address for address, count in seats.items() if count])
        if not any(seats.values()) and not self._told:
            self._told = True
            self.note(f"no worker with the resource `{RESOURCE}` is there: {HOW}")
        self.refused = {address: why for address, why in self.refused.items() if address in workers}
        fit = {address: count for address, count in seats.items() if count and address in self._fit}
        self._wait_for_fit(there_are=bool(fit))
        return fit

    def _wait_for_fit(self, *, there_are: bool) -> None:
        """Raise `PoolError` where for some time all workers that came were refused."""
        if there_are or not self.refused:
            self._unfit_since = None
            return
        self._unfit_since = self._unfit_since or monotonic()
        if monotonic() - self._unfit_since > GRACE_SECONDS:
            raise PoolError(f"no worker can grade: {'. '.join(self.refused.values())}")

    def _workers(self) -> Mapping[str, Any]:
        scheduler = self.client.scheduler
        assert scheduler, "the client has connected"
        with asking():
            # `Client.scheduler_info` may return what its clock has fetched meanwhile, without workers.
            workers: Mapping[str, Any] = self.client.sync(scheduler.identity)["workers"]
        return workers

    def _ask(self, addresses: list[str]) -> None:
        """Ask workers that are new for their course."""
        new = [address for address in addresses if address not in {*self._fit, *self.refused}]
        if not new:
            return
        with asking():
            answers = self.client.run(course_here, workers=new, on_error="return")
        for address, answer in answers.items():
            if why := _difference(answer):
                self.refused[address] = f"the worker {address} {why}"
                self.note(self.refused[address])
            elif answer is not None:
                self._fit.add(address)


@contextmanager
def asking() -> Iterator[None]:
    """Raise `PoolError` where the scheduler cannot be asked; an OSError of anything else is not its loss."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise lost_scheduler(error) from None


def lost_scheduler(error: BaseException) -> PoolError:
    """Return what to tell when the scheduler does not answer any more."""
    said = sanitize_line(f"{type(error).__name__}: {error}")
    return PoolError(
        f"the scheduler is lost ({said}). What is graded stays; start the scheduler and its workers again, and "
        "then the same command"
    )


def _difference(answer: object) -> str:
    """Return how a worker's course differs from ours; nothing if it does not, or the worker is gone."""
    ours = course()
    if isinstance(answer, (CommClosedError, TimeoutError)):
        return ""
    if isinstance(answer, Exception):
        said = sanitize_line(f"{type(answer).__name__}: {answer}")
        return (
            f"cannot run this course ({said}): start it in the course's folder, with the Python of its .venv"
        )
    version, digest = answer if isinstance(answer, tuple) else ("", "")
    if digest == ours.digest:
        return ""
    return (
        f"has another course ({sanitize_line(version)}, {digest[:19]}) than this machine ({ours.version}, "
        f"{ours.digest[:19]}): bring its folder to the same state and to the "
        "same EDITION, and start the worker again"
    )
