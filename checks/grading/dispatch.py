"""Hand the submissions of a class to the seats of a cluster, and see to it that each gets its report.

A submission is given to one worker by name. So it is known who is at work on what: where a worker dies, only what
it had in hand is given to another, and what has ended three of them is given to none any more. (The scheduler's own
count, `allowed-failures`, takes in all that was waiting for the worker.)
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import sleep
from uuid import uuid4

from distributed import CancelledError, Client, Future, wait

from checks.evidence.submission.limits import SubmissionError
from checks.grading.attempts import Attempts
from checks.grading.endings import lost
from checks.grading.errand import Errand
from checks.grading.pool import LocalPool
from checks.grading.seats import RESOURCE, Seats, asking, lost_scheduler
from checks.outcomes import Report
from checks.reports import json_v1

POLL_SECONDS = 1.0
RESULT_SECONDS = 10.0  # to fetch a report


@dataclass
class Dispatch:
    """The submissions that wait, those that workers have in hand, and who can take more."""

    client: Client
    seats: Seats
    here: LocalPool
    waiting: list[Attempts]
    running: "dict[Future[str], Attempts]" = field(default_factory=dict)

    def reports(self) -> Generator[Report, None, None]:
        """Yield a report for each, in order of completion; raise `PoolError` if nobody can grade them."""
        try:
            while self.waiting or self.running:
                seats = self.seats.now()
                yield from self._of_dead(seats)
                yield from self._given(seats)
                for future in self._done():
                    yield from self._received(future)
        finally:
            self._cancel()

    def _of_dead(self, seats: Mapping[str, int]) -> Iterator[Report]:
        """Take back what workers had that are gone."""
        for future, attempts in list(self.running.items()):
            if attempts.worker not in seats and not future.done():
                del self.running[future]
                future.release()
                attempts.died()
                yield from self._again(attempts)

    def _given(self, seats: Mapping[str, int]) -> Iterator[Report]:
        """Give free seats what waits; what cannot be read is graded here, which only says why."""
        taken = Counter(attempts.worker for attempts in self.running.values())
        free = [address for address, count in seats.items() for _ in range(count - taken[address])]
        while free and self.waiting:
            attempts = self.waiting.pop(0)
            try:
                errand = Errand.of(attempts.entry, self.here.labs)
            except (OSError, SubmissionError):
                yield from self.here.reports([attempts.entry])
            else:
                attempts.worker = attempts.preferred(free)
                free.remove(attempts.worker)
                self.running[self._submitted(errand, attempts.worker)] = attempts

    def _submitted(self, errand: Errand, worker: str) -> "Future[str]":
        words = (
            errand.data,
            errand.digest,
            errand.name,
            [lab.id for lab in self.here.labs],
            self.here.choice,
        )
        key = f"{errand.function.__name__}-{errand.digest}-{uuid4().hex}"
        with asking():
            return self.client.submit(
                errand.function, *words, key=key, workers=[worker], resources={RESOURCE: 1}
            )

    def _done(self) -> Sequence["Future[str]"]:
        """Wait for a moment, or until one is done; return those that are."""
        if not self.running:
            sleep(POLL_SECONDS if self.waiting else 0)
            return ()
        with asking(), suppress(TimeoutError, CancelledError):
            wait(list(self.running), timeout=POLL_SECONDS, return_when="FIRST_COMPLETED")
        return [future for future in self.running if future.done()]

    def _received(self, future: "Future[str]") -> Iterator[Report]:
        """Fetch a report; if its worker dies before, the next round finds that out."""
        try:
            report = json_v1.load(future.result(timeout=RESULT_SECONDS))
        except Exception as error:  # noqa: BLE001 - whatever the worker raised
            yield from self._not_received(future, error)
        else:
            yield replace(report, submission=self.running.pop(future).entry.name)

    def _not_received(self, future: "Future[str]", error: Exception) -> Iterator[Report]:
        """Have another try what was raised by its worker, which may be a `TimeoutError` too, and not on the way."""
        if future.status != "error":
            if isinstance(error, TimeoutError):
                return
            if isinstance(error, CancelledError):
                raise lost_scheduler(ConnectionError("the connection was closed")) from None
        attempts = self.running.pop(future)
        attempts.failed(error)
        yield from self._again(attempts)

    def _again(self, attempts: Attempts) -> Iterator[Report]:
        """Have another worker try, or give up."""
        if attempts.are_over:
            yield lost(attempts.entry.name, self.here.labs, attempts.story)
        else:
            self.waiting.insert(0, attempts)

    def _cancel(self) -> None:
        """Take back what nobody waits for any more; a worker finishes what it has begun."""
        if self.running and self.client.status == "running":
            with asking():
                self.client.cancel(list(self.running), force=True)
