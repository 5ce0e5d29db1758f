"""A limit of disk, for what the kernel has none: whoever writes is measured while free space shrinks, and ended."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from checks.engine.limits import MIB

POLL_SECONDS = 0.5
MEASURE_SECONDS = 2.0  # between two measurements, which read many directories
BLIND_SECONDS = 5.0  # the same, where nothing tells whether space shrinks
BLOCK = 512  # what `st_blocks` counts (stat(2))


class DiskWatch:
    """Measures what is written and stops who writes it; `hit` says whether it did."""

    def __init__(
        self, place: Path | None, mib: int, measure: Callable[[], int], stop: Callable[[], None]
    ) -> None:
        """`place`: where it is written, as far as this machine can see it; `measure`: bytes."""
        self.hit = False
        self._place, self._limit = place if place is not None and place.is_dir() else None, mib * MIB
        self._measure, self._stop = measure, stop
        self._free = self._free_now()
        self._measured = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def begin(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def end(self) -> None:
        """Watch no more; what was written between two measurements counts, too."""
        self._over.set()
        self._thread.join()
        if not self.hit and self._place is not None and self._shrunk() and self._written() > self._limit:
            self.hit = True

    def _poll(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            if self._is_due() and self._written() > self._limit:
                self.hit = True
                with suppress(Exception):  # it may have ended by itself
                    self._stop()
                return

    def _is_due(self) -> bool:
        """Nothing can have written more than the space that is gone; others may have written that."""
        since = time.monotonic() - self._measured
        if self._place is None:
            return since > BLIND_SECONDS
        return since > MEASURE_SECONDS and self._shrunk()

    def _shrunk(self) -> bool:
        return self._free - self._free_now() > self._limit

    def _written(self) -> int:
        try:
            return self._measure()
        except Exception:  # noqa: BLE001 - an engine that does not answer is found out by who waits for it
            return 0
        finally:
            self._measured = time.monotonic()

    def _free_now(self) -> int:
        return shutil.disk_usage(self._place).free if self._place else 0


@contextmanager
def disk_watch(
    place: Path | None, mib: int, measure: Callable[[], int], stop: Callable[[], None]
) -> Iterator[DiskWatch]:
    """Call `stop` when what `measure` counts is more than `mib`."""
    watch = DiskWatch(place, mib, measure, stop)
    watch.begin()
    try:
        yield watch
    finally:
        watch.end()


def size_of(directory: Path) -> int:
    """Bytes on the disk of all that is below, a file of several names once; what goes meanwhile has none."""
    found: dict[int, int] = {}
    pending = [str(directory)]
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    found[facts.st_ino] = facts.st_blocks * BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
    return sum(found.values())


def unlinked(processes: Iterable[int]) -> int:
    """Bytes of the files that these have open and that have no name any more: in no directory, but on the disk."""
    found: dict[tuple[int, int], int] = {}
    for process in processes:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    facts = descriptor.stat()
                    if not facts.st_nlink:
                        found[facts.st_dev, facts.st_ino] = facts.st_blocks * BLOCK
    return sum(found.values())
