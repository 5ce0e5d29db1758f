"""A Dask cluster as the pool that grades a class: each worker has an engine, as a worker resource.

The submission's bytes travel with the call, and the report's JSON comes back (`errand.py`, `on_worker.py`).
"""

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from time import sleep
from urllib.parse import urlsplit

import dask
from distributed import Client, Future

from checks.grading.attempts import Attempts
from checks.grading.dispatch import POLL_SECONDS, RESULT_SECONDS, Dispatch
from checks.grading.engines import Choice
from checks.grading.entries import Entry
from checks.grading.on_worker import Found, engine_here
from checks.grading.pool import LocalPool, PoolError
from checks.grading.seats import RESOURCE, Seats, asking
from checks.outcomes import EngineUsed, Report
from checks.sanitize import sanitize_line

# An archive goes with its call: scattered before, it would be lost with the worker that holds it.
OPTIONS = {"distributed.admin.large-graph-warning-threshold": "1GiB"}

# asyncio tells of tasks of Dask's that wait for what a lost worker had (`AllExit`).
LOGS = ("asyncio", "distributed.client", "distributed.core", "distributed.comm", "tornado.application")


@dataclass(frozen=True)
class Cluster:
    """The cluster of the scheduler at `address`; `here` grades what cannot be sent, `note` tells a person."""

    address: str
    here: LocalPool
    note: Callable[[str], None]

    def __post_init__(self) -> None:
        """Raise `PoolError` where a student's build could give orders to the scheduler's workers."""
        if self.choice != "none" and not (self.address.startswith("tls://") or _is_here(self.address)):
            raise PoolError(f"{self.address}: {UNSAFE}")

    @property
    def choice(self) -> Choice:
        """Which engine is asked for on the workers."""
        return self.here.choice

    def reports(self, entries: Sequence[Entry]) -> Generator[Report, None, None]:
        """Yield a report for each entry, in order of completion; raise `PoolError` if nobody can grade them."""
        if not entries:
            return
        with self._connected() as client:
            waiting = [Attempts(entry) for entry in entries]
            with closing(Dispatch(client, Seats(client, self.note), self.here, waiting).reports()) as reports:
                yield from reports

    def engines(self) -> Collection[EngineUsed]:
        """Return the engines of the workers; wait for the first worker, since without any nothing is known."""
        if self.here.choice == "none":
            return [EngineUsed()]
        with self._connected() as client:
            return set(self._answers(client))

    def _answers(self, client: Client) -> Iterator[EngineUsed]:
        """Ask each worker once, those that join meanwhile too; one that is gone is not waited for."""
        seats, asked = Seats(client, self.note), dict[str, Future[Found]]()
        while not (there := seats.now()) or not all(one in asked and asked[one].done() for one in there):
            for address in there.keys() - asked.keys():
                words = {"workers": [address], "resources": {RESOURCE: 1}, "pure": False}
                with asking():
                    asked[address] = client.submit(engine_here, self.here.choice, **words)
            sleep(POLL_SECONDS)
        for address in there:
            with suppress(Exception):  # it failed to tell, or is gone
                kind, version, store = asked[address].result(timeout=RESULT_SECONDS)
                yield EngineUsed(kind, version, store=store)

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        """Connect; Dask's own configuration has the certificates for `tls://`."""
        for name in LOGS:  # what is wrong is told in a sentence
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            client = Client(self.address)
        except Exception as error:  # noqa: BLE001 - of the network, of TLS, or of what was configured
            said = sanitize_line(f"{type(error).__name__}: {error}")
            raise PoolError(f"{self.address}: no Dask scheduler answers ({said}). {HOW}") from None
        try:
            with dask.config.set(OPTIONS):
                yield client
        finally:
            client.close()


UNSAFE = (
    "a build reaches the network, and whoever reaches this scheduler can run programs on all its workers. Use "
    "tls:// (docs/instructors.md), or --static, which runs nothing that students wrote"
)
HOW = (
    "Start one with `dask scheduler`, or mend the address. For tls://, say in Dask's configuration where the "
    "certificates are (distributed.comm.tls)"
)


def _is_here(address: str) -> bool:
    """Whether it is an address of this machine that no other reaches, and no build."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):  # a name
        return ip_address(host).is_loopback
    return host == "localhost"
