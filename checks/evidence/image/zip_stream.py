"""The members of a zip as it streams by: wheels, jars and notebooks' archives are zips.

`zipfile` needs the end of a file first. Here each local header is found by its signature, and deflate tells
its own end, so lengths that a zip leaves open, or lies about, do not matter.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

_SIGNATURE = b"PK\x03\x04"
_HEADER = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_AT_ONCE = 2**18


def zip_parts(chunks: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes], bool]]:
    """Name and content of each member, and whether it is compressed; each is read before the next."""
    feed = _Feed(chunks)
    while feed.find(_SIGNATURE) and feed.fill(_HEADER.size):
        fields = _HEADER.unpack(feed.take(_HEADER.size))
        _, _, flags, method, _, _, _, size, _, name_length, extra_length = fields
        name = feed.take(name_length).decode("utf-8", "surrogateescape")
        feed.take(extra_length)
        if flags & _ENCRYPTED:
            continue
        if method == _DEFLATED:
            yield name, feed.inflated(), True
        elif method == _STORED:
            yield name, feed.section(size), False


class _Feed:
    """Chunks, of which what was not used stays at hand."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._data = b""

    def fill(self, size: int) -> bool:
        """Whether so many bytes are at hand, after asking for more."""
        while len(self._data) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._data += chunk
        return True

    def find(self, signature: bytes) -> bool:
        """Go to the next place that reads so."""
        while (at := self._data.find(signature)) < 0:
            self._data = self._data[-len(signature) + 1 :]
            if not self.fill(len(self._data) + 1):
                return False
        self._data = self._data[at:]
        return True

    def take(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        self.fill(size)
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def section(self, size: int) -> Iterator[bytes]:
        """The next bytes as chunks."""
        while size and self.fill(1):
            part = self.take(min(size, len(self._data)))
            size -= len(part)
            yield part

    def inflated(self) -> Iterator[bytes]:
        """What the next bytes inflate to; damaged data ends early."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while not inflater.eof and self.fill(1):
            try:
                piece = inflater.decompress(self._data, _AT_ONCE)
            except zlib.error:
                return
            self._data = inflater.unconsumed_tail or inflater.unused_data
            yield piece
