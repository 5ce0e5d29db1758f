"""Read the members of a zip from a stream: wheels, jars and notebooks' archives are zips.

`zipfile` needs the end of a file first. This finds each local header by its signature, and deflate marks its own
end, so lengths that a zip leaves open, or lies about, do not matter.
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
    """Yield the name and content of each member, and whether it is compressed; read each before the next."""
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
    """Chunks, with a buffer for the bytes not used yet."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._data = b""

    def fill(self, size: int) -> bool:
        """Fill the buffer to `size` bytes; return False if the stream ends before."""
        while len(self._data) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._data += chunk
        return True

    def find(self, signature: bytes) -> bool:
        """Skip to the next occurrence of the signature; return False at the end of the stream."""
        while (at := self._data.find(signature)) < 0:
            self._data = self._data[-len(signature) + 1 :]
            if not self.fill(len(self._data) + 1):
                return False
        self._data = self._data[at:]
        return True

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        self.fill(size)
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def section(self, size: int) -> Iterator[bytes]:
        """Yield the next bytes as chunks."""
        while size and self.fill(1):
            part = self.take(min(size, len(self._data)))
            size -= len(part)
            yield part

    def inflated(self) -> Iterator[bytes]:
        """Yield the next bytes inflated; stop early at damaged data."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while not inflater.eof and self.fill(1):
            try:
                piece = inflater.decompress(self._data, _AT_ONCE)
            except zlib.error:
                return
            self._data = inflater.unconsumed_tail or inflater.unused_data
            yield piece
