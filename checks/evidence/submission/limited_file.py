"""A file that stops a listing which reads too much, too far, or for too long.

The readers of the standard library trust the lengths that an archive declares. This file makes that safe: it
applies our limits to every length that they ask for.
"""

import time
from collections.abc import Callable
from typing import BinaryIO


class LimitedFile:
    """The part of a binary file that `zipfile` and `tarfile` use, with limits on every read and every seek.

    `largest` is the maximum of one read; `check(position)` raises if a position is too far. The limits of reads and
    time (`seconds` of this thread's processor time, so that a busy machine refuses nothing) apply until the end of
    the listing, when the caller calls `trust`; those of positions always apply.
    """

    def __init__(
        self,
        file: BinaryIO,
        check: Callable[[int], None],
        largest: int,
        seconds: float,
        refuse: Callable[[str], Exception],
    ) -> None:
        self._file = file
        self._check = check
        self._largest = largest
        self._seconds = seconds
        self._refuse = refuse
        self._began = time.thread_time()
        self._listing = True

    def read(self, count: int = -1) -> bytes:
        """Read as a file does; raise the refusal if the count is above the limit."""
        if not self._listing:
            return self._file.read(count)
        self._check_time()
        self._check(self._file.tell() + max(count, 0))
        if count > self._largest:
            raise self._too_long()
        data = self._file.read(count if count >= 0 else self._largest + 1)  # -1: all that is left
        if len(data) > self._largest:
            raise self._too_long()
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek as a file does; raise the refusal if the position is beyond the limit."""
        if whence == 0:
            self._check(offset)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def trust(self) -> None:
        """End the listing: from now on, the reader reads only members of known size."""
        self._listing = False

    def _too_long(self) -> Exception:
        return self._refuse(f"a header in it is longer than {self._largest} bytes")

    def _check_time(self) -> None:
        if time.thread_time() - self._began > self._seconds:
            raise self._refuse(f"listing its members takes more than {self._seconds:g} s of processor time")
