"""Unpack files that hold others in another form; recognise them by their first bytes and read them as a stream.

Recognising forms by their head costs an honest image next to nothing. This module trusts no length: the caller
stops at a limit of bytes.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import zstandard

from checks.evidence.image.byte_stream import ByteStream
from checks.evidence.image.encoded_text import base32_bytes, base64_bytes, dumped_bytes, hex_bytes, text_form
from checks.evidence.image.tar_headers import looks_like_tar, members
from checks.evidence.image.zip_stream import zip_parts

HEAD = 512
"""Bytes by which a form is known: a tar header is the longest."""
AT_ONCE = 2**18
_XZ_MEMORY = 100 * 2**20  # slightly more than `xz -9` needs
_ZSTD_WINDOW = 2**27  # the window of `zstd --ultra -22`
_HEADER_BYTES = 2**20  # of a tar's extended header
_ASCII = bytes(range(128))
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS

UNREADABLE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)
"""What the decoders raise for what is damaged."""


class Part(NamedTuple):
    """A stream inside a file. `name`: "" for a single stream. `end`: its end in the outer stream, 0 if unknown.

    `is_coded`: the outer stream has its bytes in encoded form.
    """

    name: str
    chunks: Iterable[bytes]
    is_coded: bool
    end: int = 0


class Form(NamedTuple):
    """A form of packing, and the function that reads it."""

    name: str
    parts: Callable[[Iterable[bytes]], Iterator[Part]]


def form_of(head: bytes) -> Form | None:
    """Return the form of a file that begins with `head`; None if it is not packed."""
    for magic, form in _BY_MAGIC.get(head[:2], ()):
        if head.startswith(magic):
            return form
    if head[257:262] == b"ustar" and looks_like_tar(head[:HEAD]):
        return _TAR
    name = text_form(head)
    return _TEXTS[name] if name else None


def is_binary(head: bytes) -> bool:
    """Whether a file that begins with `head` is a program, or nearly random: sound, pictures, compressed data."""
    return head.startswith(b"\x7fELF") or len(head.translate(None, _ASCII)) > len(head) // 4


def inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the contents of gzip or zlib members, one after the other, in small pieces."""
    inflater = zlib.decompressobj(_ZLIB_OR_GZIP)
    for chunk in chunks:
        left = chunk
        while left:
            yield inflater.decompress(left, AT_ONCE)
            left = inflater.unconsumed_tail or inflater.unused_data
            if inflater.eof:
                inflater = zlib.decompressobj(_ZLIB_OR_GZIP)


_Decompressor = bz2.BZ2Decompressor | lzma.LZMADecompressor


def _expanded(chunks: Iterable[bytes], begin: Callable[[], _Decompressor]) -> Iterator[bytes]:
    decompressor = begin()
    for chunk in chunks:
        left = chunk
        while left or not decompressor.needs_input:
            yield decompressor.decompress(left, AT_ONCE)
            left = b""
            if decompressor.eof:
                left = decompressor.unused_data
                decompressor = begin()


def _bz2_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return _expanded(chunks, bz2.BZ2Decompressor)


def _xz_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return _expanded(chunks, lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY))


def zstd_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the contents of Zstandard frames, one after the other, in small pieces."""
    source: Any = _Readable(chunks)  # the reader calls only `read`, though its type wants a whole file
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    with decompressor.stream_reader(source, read_size=AT_ONCE, read_across_frames=True) as reader:
        while piece := reader.read(AT_ONCE):
            yield piece


class _Readable:
    """Chunks with the `read` of a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes; b"" at the end."""
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._left = chunk
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _tar_parts(chunks: Iterable[bytes]) -> Iterator[Part]:
    stream = ByteStream(chunks, "a tar inside a layer")
    for member in members(stream, _HEADER_BYTES):
        end = stream.position + member.stored
        yield Part(member.name, stream.section(member.stored), is_coded=False, end=end)


def _zip_parts(chunks: Iterable[bytes]) -> Iterator[Part]:
    for name, content, is_coded in zip_parts(chunks):
        yield Part(name, content, is_coded=is_coded)


def _single(name: str, decode: Callable[[Iterable[bytes]], Iterator[bytes]]) -> Form:
    return Form(name, lambda chunks: iter((Part("", decode(chunks), is_coded=True),)))


_TAR = Form("tar", _tar_parts)
_GZIP = _single("gzip", inflated)
_ZLIB = _single("zlib", inflated)
_BY_MAGIC: dict[bytes, tuple[tuple[bytes, Form], ...]] = {
    b"\x1f\x8b": ((b"\x1f\x8b\x08", _GZIP),),
    b"\x78\x01": ((b"\x78\x01", _ZLIB),),  # of git's objects
    b"\x78\x9c": ((b"\x78\x9c", _ZLIB),),
    b"\x78\xda": ((b"\x78\xda", _ZLIB),),
    b"BZ": ((b"BZh", _single("bzip2", _bz2_bytes)),),
    b"\xfd7": ((b"\xfd7zXZ\0", _single("xz", _xz_bytes)),),
    b"\x28\xb5": ((b"\x28\xb5\x2f\xfd", _single("zstd", zstd_bytes)),),
    b"PK": ((b"PK\x03\x04", Form("zip", _zip_parts)),),
}
_TEXTS = {
    "hex": _single("hex", hex_bytes),
    "hex dump": _single("hex dump", dumped_bytes),
    "base32": _single("base32", base32_bytes),
    "base64": _single("base64", base64_bytes),
}
