"""Read bytes that arrive in chunks, by position and within limits, without ever holding a whole image.

A student built the image, so every length in the engine's archive may be absurd. Reading spends a `Budget`, and
raises `ImageTooLarge` with the limit's name when a limit is exceeded.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class ImageUnreadable(Exception):  # noqa: N818 - the wording of a report
    """The archive is damaged, or of an unknown form; the message says where."""


class ImageTooLarge(ImageUnreadable):
    """A limit was hit; `limit` is its name in `Limits`."""

    def __init__(self, limit: str, allowed: float) -> None:
        super().__init__(f"the image is over the limit of {allowed:,} {limit} for looking into an image")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of reading one image; the message of `ImageTooLarge` names the field.

    `bytes`: of the archive, plus its compressed layers after unpacking. `files`: members of all layers.
    `name_bytes`: all their names together (which take most of the memory). `header_bytes`: the extended header of
    one member. `document_bytes`: one JSON document. `seconds`: wall time.

    The search of packed files (an archive in a layer, for example) stops after `packed_bytes` of one file,
    `all_packed_bytes` of the image, and `packed_depth` nested forms; it raises nothing.
    """

    bytes: int = 16 * 2**30
    files: int = 500_000
    name_bytes: int = 64 * 2**20
    header_bytes: int = 2**20
    document_bytes: int = 8 * 2**20
    seconds: float = 900.0
    packed_bytes: int = 128 * 2**20
    all_packed_bytes: int = 2**30
    packed_depth: int = 4


class Budget:
    """The part of the limits already spent; each image has its own budget."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = self._files = self._name_bytes = 0
        self._started = time.monotonic()

    @property
    def bytes_spent(self) -> int:
        """The bytes passed on so far."""
        return self._bytes

    def metered(self, chunks: Iterable[bytes], least: int = 0) -> Iterator[bytes]:
        """Pass chunks on and account for their bytes, at least `least` each; raise `ImageTooLarge` over a limit."""
        for chunk in chunks:
            self.spend(max(least, len(chunk)))
            yield chunk

    def spend(self, count: int) -> None:
        """Account for bytes and for the time; raise `ImageTooLarge` over a limit."""
        self._bytes += count
        if self._bytes > self.limits.bytes:
            raise ImageTooLarge("bytes", self.limits.bytes)
        if time.monotonic() - self._started > self.limits.seconds:
            raise ImageTooLarge("seconds", self.limits.seconds)

    def spend_member(self, name_bytes: int) -> None:
        """Account for one member of a layer; raise `ImageTooLarge` over a limit."""
        self._files += 1
        self._name_bytes += name_bytes
        if self._files > self.limits.files:
            raise ImageTooLarge("files", self.limits.files)
        if self._name_bytes > self.limits.name_bytes:
            raise ImageTooLarge("name_bytes", self.limits.name_bytes)


class ByteStream:
    """A cursor over chunks: `read` copies, `skip` does not, `section` passes a part on as chunks.

    `what` names the stream in messages ("the archive", "layer blobs/sha256/...").
    """

    def __init__(self, chunks: Iterable[bytes], what: str) -> None:
        self._chunks = iter(chunks)
        self._what = what
        self._chunk = b""
        self._at = 0
        self._before = 0

    @property
    def position(self) -> int:
        """Bytes consumed since the beginning."""
        return self._before + self._at

    def _next_chunk(self) -> bool:
        for chunk in self._chunks:
            if chunk:
                self._before += len(self._chunk)
                self._chunk, self._at = chunk, 0
                return True
        return False

    def at_end(self) -> bool:
        """Whether the stream is at its end; wait for the next chunk if necessary."""
        return self._at == len(self._chunk) and not self._next_chunk()

    def section(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes as chunks. The caller must exhaust them before it reads anything else."""
        while size:
            if self.at_end():
                raise ImageUnreadable(f"{self._what} ends {size} bytes too early")
            part = self._chunk[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            yield part

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes; raise `ImageUnreadable` if the stream ends before."""
        part = self._chunk[self._at : self._at + size]
        if len(part) == size:
            self._at += size
            return part
        return b"".join(self.section(size))

    def skip(self, size: int) -> None:
        """Skip `size` bytes."""
        while size:
            if self.at_end():
                raise ImageUnreadable(f"{self._what} ends {size} bytes too early")
            step = min(size, len(self._chunk) - self._at)
            self._at += step
            size -= step

    def drain(self) -> None:
        """Skip to the end."""
        while not self.at_end():
            self._at = len(self._chunk)
