"""The limit of disk: measure the bytes written while free space shrinks, since the kernel has no such limit."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from checks.engine.limits import MIB

POLL_SECONDS = 0.5
MEASURE_SECONDS = 2.0  # between two measurements, which read many directories
BLIND_SECONDS = 5.0  # between two measurements, where the free space cannot be seen
BLOCK = 512  # bytes in a unit of `st_blocks` (stat(2))
INODE = 4096  # bytes that a file counts at least: an empty one takes an inode, and a file system has so many


class DiskWatch:
    """Measure the bytes written, stop the writer each time they exceed the limit, and note that in `hit`."""

    def __init__(
        self, places: Sequence[Path], mib: int, measure: Callable[[], int], stop: Callable[[], None]
    ) -> None:
        """`places`: directories on the disks written to; `measure`: bytes written; `stop`: ends the writer.

        If one of the places cannot be seen, it measures every few seconds.
        """
        self.hit = False
        self._places, self._limit = _of_own_disks(places), mib * MIB
        self._measure, self._stop = measure, stop
        self._free = self._seen = self._free_now()
        self._given_back = 0  # bytes freed between two polls: other programs also delete files
        self._measured = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def begin(self) -> None:
        """Start watching."""
        self._thread.start()

    def end(self) -> None:
        """Stop watching, after one more measurement."""
        self._over.set()
        self._thread.join()
        if not self.hit and self._places and self._shrunk() and self._written() > self._limit:
            self.hit = True

    def _poll(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            if self._is_due() and self._written() > self._limit:
                self.hit = True
                with suppress(Exception):  # the writer has ended
                    self._stop()

    def _is_due(self) -> bool:
        """Whether to measure now: only if free space shrank by more than the limit, maybe by other programs."""
        since = time.monotonic() - self._measured
        if not self._places:
            return since > BLIND_SECONDS
        return self._shrunk() and since > MEASURE_SECONDS

    def _shrunk(self) -> bool:
        """Whether more than the limit may have been written, counting space that others freed meanwhile."""
        free = self._free_now()
        self._given_back += max(0, free - self._seen)
        self._seen = free
        return self._free + self._given_back - free > self._limit

    def _written(self) -> int:
        try:
            return self._measure()
        except Exception:  # noqa: BLE001 - a dead engine is reported by the caller that waits for it
            return 0
        finally:
            self._measured = time.monotonic()

    def _free_now(self) -> int:
        return sum(map(_free, self._places))


@contextmanager
def disk_watch(
    places: Sequence[Path], mib: int, measure: Callable[[], int], stop: Callable[[], None]
) -> Iterator[DiskWatch]:
    """Call `stop` whenever `measure` returns more than `mib`."""
    watch = DiskWatch(places, mib, measure, stop)
    watch.begin()
    try:
        yield watch
    finally:
        watch.end()


def _of_own_disks(places: Sequence[Path]) -> Sequence[Path]:
    """Return one place of each file system; () if one of them cannot be seen, so that free space proves nothing."""
    if not all(place.is_dir() for place in places):
        return ()
    return tuple({place.stat().st_dev: place for place in places}.values())


def _free(place: Path) -> int:
    """Return the free bytes of a file system, each free inode as so many."""
    facts = os.statvfs(place)
    return facts.f_bavail * facts.f_frsize + facts.f_ffree * INODE


def size_of(directory: Path) -> int:
    """Return the bytes on disk below a directory, at least `INODE` for each file.

    Hard links count once, and what vanishes meanwhile does not.
    """
    found: dict[int, int] = {}
    pending = [str(directory)]
    while pending:
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    found[facts.st_ino] = max(INODE, facts.st_blocks * BLOCK)
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
    return sum(found.values())


def unlinked(processes: Iterable[int]) -> int:
    """Return the bytes of deleted files that these processes hold open, and that are still on the disk."""
    found: dict[tuple[int, int], int] = {}
    for process in processes:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    facts = descriptor.stat()
                    if not facts.st_nlink:
                        found[facts.st_dev, facts.st_ino] = facts.st_blocks * BLOCK
    return sum(found.values())
