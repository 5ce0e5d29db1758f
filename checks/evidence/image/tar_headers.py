"""Read the members of a tar stream, header by header.

`tarfile` spends several times as long on each member and keeps every member that it saw; an image has tens of
thousands, in layers nested inside an archive. This reader knows the headers of layers (ustar, PAX and GNU), follows
no link, extracts nothing, and keeps one header at a time. The tests compare it with `tarfile`.

Formats: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar long names, base-256 numbers and sparse files.
"""

import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from checks.evidence.image.byte_stream import ByteStream, ImageTooLarge, ImageUnreadable

BLOCK = 512
_CHECKSUM = slice(148, 156)
_ADLER_MODULUS = 65521
_NO_DATA = b"123456"
"""Links, devices, directories and pipes: their size, if they claim one, is not followed by data."""

Kind = Literal["file", "directory", "link", "other"]
_KINDS: dict[bytes, Kind] = {
    b"5": "directory",
    b"1": "link",
    b"2": "link",
    b"3": "other",
    b"4": "other",
    b"6": "other",
}


class Member(NamedTuple):
    """One member. `size` is the file's size, `stored` the bytes after the header: fewer if it is sparse."""

    name: str
    kind: Kind
    size: int
    stored: int
    target: str


def looks_like_tar(block: bytes) -> bool:
    """Whether a first block can begin a tar: a header with a correct checksum, or the end of an empty tar."""
    return len(block) == BLOCK and (not block.strip(b"\0") or _checksum_is_right(block))


def members(stream: ByteStream, header_bytes: int) -> Iterator[Member]:
    """Yield each member with the stream at its data; the caller may read any part of it."""
    extended: dict[str, str] = {}
    while not stream.at_end():
        block = stream.read(BLOCK)
        if not block[0] and not block.strip(b"\0"):
            return
        if not _checksum_is_right(block):
            raise ImageUnreadable(f"no tar header at byte {stream.position - BLOCK}")
        flag = block[156:157]
        if flag in _EXTENSIONS:
            extended |= _extension(stream, block, flag, header_bytes)
            continue
        member = _member(stream, block, flag, extended)
        extended = {}
        end = stream.position + _padded(member.stored)
        yield member
        stream.skip(end - stream.position)


def _member(stream: ByteStream, block: bytes, flag: bytes, extended: dict[str, str]) -> Member:
    name = extended.get("GNU.sparse.name") or extended.get("path") or _name(block)
    size = _decimal(extended["size"]) if "size" in extended else _number(block[124:136])
    kind = "directory" if flag == b"\0" and name.endswith("/") else _KINDS.get(flag, "file")
    stored = 0 if flag in _NO_DATA or kind == "directory" else size
    if flag == b"S":
        size = _old_sparse(stream, block)
    real = extended.get("GNU.sparse.realsize") or extended.get("GNU.sparse.size")
    target = extended.get("linkpath") or _text(block[157:257])
    return Member(name, kind, _decimal(real) if real else size, stored, target)


def _old_sparse(stream: ByteStream, block: bytes) -> int:
    """Return the size of an old GNU sparse file, and skip the further blocks of its map."""
    more = block[482]
    while more:
        more = stream.read(BLOCK)[504]
    return _number(block[483:495])


def _extension(stream: ByteStream, block: bytes, flag: bytes, header_bytes: int) -> dict[str, str]:
    size = _number(block[124:136])
    if size > header_bytes:
        raise ImageTooLarge("header_bytes", header_bytes)
    payload = stream.read(_padded(size))[:size]
    if flag == b"L":
        return {"path": _text(payload)}
    if flag == b"K":
        return {"linkpath": _text(payload)}
    return _pax_records(payload) if flag in b"xX" else {}  # we need nothing of a global header


_EXTENSIONS = (b"x", b"g", b"L", b"K", b"X")


def _pax_records(payload: bytes) -> dict[str, str]:
    """Parse lines of length, space, key, `=` and value; the length counts the whole line."""
    records: dict[str, str] = {}
    at = 0
    while at < len(payload) and payload[at]:
        digits = payload[at : at + 20].partition(b" ")[0]
        length = _decimal(_text(digits))
        record = payload[at + len(digits) + 1 : at + length]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if not equals or length <= len(digits) + 1 or at + length > len(payload):
            raise ImageUnreadable("a PAX header of a layer is malformed")
        records[_text(key)] = value.decode("utf-8", "surrogateescape")
        at += length
    return records


def _name(block: bytes) -> str:
    name = _text(block[:100])
    if block[257:263] != b"ustar\0":  # GNU keeps times where ustar keeps the prefix
        return name
    prefix = _text(block[345:476] if block[508:512] == b"tar\0" else block[345:500])
    return f"{prefix}/{name}" if prefix else name


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _number(raw: bytes) -> int:
    """Return a number in octal, or in base 256 if the first bit is set."""
    if raw[0] & 0x80:
        value = int.from_bytes(raw, "big", signed=False) & ~(0x80 << 8 * (len(raw) - 1))
        if raw[0] & 0x40:
            raise ImageUnreadable("a tar header of a layer has a negative number")
        return value
    digits = raw.strip(b" \0")
    if digits and not set(digits) <= set(b"01234567"):
        raise ImageUnreadable("a tar header of a layer has a malformed number")
    return int(digits or b"0", 8)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):  # noqa: PLR2004 - 64 bits
        raise ImageUnreadable("a PAX header of a layer has a malformed number")
    return int(text)


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _checksum_is_right(block: bytes) -> bool:
    """Whether the header's checksum is correct, which is the sum of its bytes with its own field as spaces.

    Adler-32 has the sum of bytes, modulo 65521, in its lower half, and is ten times as fast as `sum`.
    """
    try:
        stated = _number(block[_CHECKSUM])
    except ImageUnreadable:
        return False
    blanked = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
    return (stated + 1) % _ADLER_MODULUS == zlib.adler32(blanked) & 0xFFFF
