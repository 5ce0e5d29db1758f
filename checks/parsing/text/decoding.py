"""Decode a submitted file into the lines that BuildKit reads, and map joined text back to these lines.

A submission is hostile data: it may be an archive, an image, or 4 GB of zeros under the name `Dockerfile`. Text
that was joined from several lines (a RUN with continuations, a heredoc) keeps a `LineMap`.
"""

import codecs
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from checks.parsing.text.problems import ParseError

MAX_BYTES = 1 << 20  # far beyond any Dockerfile or .dockerignore that a person writes
MAX_LINE_BYTES = 65_535  # bufio.MaxScanTokenSize - 1: BuildKit refuses a longer line

# What Go's unicode.IsSpace accepts. Python's str.strip() also takes \x1c to \x1f, which BuildKit keeps.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)

_UTF16 = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


def decode(data: bytes, *, path: str, max_bytes: int = MAX_BYTES) -> tuple[str, ...]:
    r"""Decode into lines without their "\n" (a "\r" stays), split only on "\n"; drop a UTF-8 byte-order mark.

    Bytes that are not UTF-8 become U+FFFD: Docker builds a file with a Latin-1 comment, so it is readable.
    Raises ParseError for UTF-16, for binary data and for more than `max_bytes`.
    """
    if len(data) > max_bytes:
        raise ParseError(f"{path} has {len(data):,} bytes; more than {max_bytes:,} are not read")
    _refuse_binary(data, path)
    lines = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def _refuse_binary(data: bytes, path: str) -> None:
    for mark, encoding in _UTF16.items():
        if data.startswith(mark):
            raise ParseError(f"{path} is saved as {encoding}; Docker reads UTF-8 only, so save it as UTF-8")
    at = data.find(b"\0")
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise ParseError(f"{path} is no text (a NUL byte); save it as plain text in UTF-8", line)


@dataclass(frozen=True, slots=True)
class LineMap:
    """A map from joined text to the file: the text from line `lines[i]` of the file begins at `offsets[i]`."""

    offsets: tuple[int, ...]
    lines: tuple[int, ...]

    @classmethod
    def of(cls, starts: Iterable[tuple[int, int]]) -> "LineMap":
        """Make a map from (offset, line) pairs, in order."""
        offsets, lines = zip(*starts, strict=True)
        return cls(offsets, lines)

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of the file that contains the character at `offset`."""
        return self.lines[max(bisect_right(self.offsets, offset) - 1, 0)]

    def pairs(self, shift: int = 0) -> Iterable[tuple[int, int]]:
        """Return (offset, line) pairs, with the offsets moved by `shift` (but never below 0)."""
        return ((max(offset + shift, 0), line) for offset, line in zip(self.offsets, self.lines, strict=True))
