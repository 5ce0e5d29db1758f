"""Decode whole files that are text for other bytes: hex, a hex dump, base32, base64; recognised by their start.

The search finds a plain canary in hex or base64 without this. This is for data that was packed and then encoded,
for dumps with a column of offsets, and for base32.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

Text = Literal["hex", "hex dump", "base32", "base64"]

_BLANKS = b" \t\r\n\v\f"
_UNBROKEN = re.compile(rb"\s*[0-9A-Za-z+/_-]{20}")
_FIRST_ROW = re.compile(rb"0{6,16}:?[ \t]+[0-9A-Fa-f]")
_OFFSET = re.compile(rb"[0-9A-Fa-f]{6,16}(:?)[ \t]+")
_COLUMNS = re.compile(rb"  [|>]|[|>]")
_HEX = b"0123456789abcdefABCDEF"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567="
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_LONGEST_ROW = 1024
_BYTES_A_ROW = 16


def text_form(head: bytes) -> Text | None:
    """Return the encoding of a file that begins with `head`; None if it is not encoded text."""
    if _FIRST_ROW.match(head):
        return "hex dump"
    if not _UNBROKEN.match(head):
        return None
    alphabets: tuple[tuple[Text, bytes], ...] = (("hex", _HEX), ("base32", _BASE32), ("base64", _BASE64))
    return next((name for name, letters in alphabets if not head.translate(None, letters + _BLANKS)), None)


def hex_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of hex digits."""
    return _decoded(chunks, 2, binascii.unhexlify)


def base32_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of base32."""
    return _decoded(chunks, 8, base64.b32decode)


def base64_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of base64, in either alphabet."""
    folded = (chunk.replace(b"-", b"+").replace(b"_", b"/") for chunk in chunks)
    return _decoded(folded, 4, binascii.a2b_base64)


def _decoded(chunks: Iterable[bytes], group: int, decode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Decode groups of characters, ignoring blanks; raise ValueError at other text."""
    rest = b""
    for chunk in chunks:
        rest += chunk.translate(None, _BLANKS)
        whole = len(rest) - len(rest) % group
        if whole:
            yield decode(rest[:whole])
        rest = rest[whole:]
    if rest and group > 2:  # noqa: PLR2004 - the text lacks its padding
        yield decode(rest + b"=" * (group - len(rest)))


def dumped_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a dump by `xxd`, `hexdump` or `od`, in rows with offsets; stop at a row too long."""
    rest = b""
    for chunk in chunks:
        *rows, rest = (rest + chunk).split(b"\n")
        yield b"".join(map(_row, rows))
        if len(rest) > _LONGEST_ROW:
            return
    yield _row(rest)


def _row(row: bytes) -> bytes:
    offset = _OFFSET.match(row)
    if not offset or len(row) > _LONGEST_ROW:
        return b""
    body = row[offset.end() :]
    in_order = bool(offset[1])  # xxd writes bytes in their order, two together; od and hexdump write words
    words = (body.partition(b"  ")[0] if in_order else _COLUMNS.split(body)[0]).split()
    return b"".join(_word(word, in_order=in_order) for word in words)[:_BYTES_A_ROW]


def _word(word: bytes, *, in_order: bool) -> bytes:
    """Return the bytes of one column; three and six digits are octal."""
    octal = len(word) in {3, 6}
    try:
        number, size = int(word, 8 if octal else 16), (len(word) + 1) // (3 if octal else 2)
        return number.to_bytes(size, "big" if in_order else "little")
    except (ValueError, OverflowError):
        return b""
