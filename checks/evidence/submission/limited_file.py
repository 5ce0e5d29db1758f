"""A file that stops a listing which reads too much, too far, or for too long.

The readers of the standard library trust the lengths that an archive declares. Behind this file they may:
whatever they ask for, the limits are those of the course.
"""

import time
from collections.abc import Callable
from typing import BinaryIO


class LimitedFile:
    """The part of a binary file that `zipfile` and `tarfile` use, with limits on every read and every seek.

    `largest` is the most that one read may ask for; `check(position)` raises when a position is too far;
    reads and time are limited until `trust` is called at the end of the listing, positions always.
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
        self._began = time.monotonic()
        self._listing = True

    def read(self, count: int = -1) -> bytes:
        """As a file's; a count above the limit raises the refusal."""
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
        """As a file's; a position beyond the limit raises the refusal."""
        if whence == 0:
            self._check(offset)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As a file's."""
        return self._file.tell()

    def seekable(self) -> bool:
        """As a file's."""
        return True

    def close(self) -> None:
        """As a file's."""
        self._file.close()

    def trust(self) -> None:
        """The listing is over: from now on only members of known size are read."""
        self._listing = False

    def _too_long(self) -> Exception:
        return self._refuse(f"a header in it is longer than {self._largest} bytes")

    def _check_time(self) -> None:
        if time.monotonic() - self._began > self._seconds:
            raise self._refuse(f"listing its members takes longer than {self._seconds:g} s")
