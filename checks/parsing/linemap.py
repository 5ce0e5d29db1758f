"""From a place in a joined text (a RUN over many lines, a heredoc) back to the line of the file."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineMap:
    """`offsets[i]` is where, in the text, what stood on line `lines[i]` of the file begins."""

    offsets: tuple[int, ...]
    lines: tuple[int, ...]

    @classmethod
    def of(cls, starts: Iterable[tuple[int, int]]) -> "LineMap":
        """Make one from (offset, line) pairs, in order."""
        offsets, lines = zip(*starts, strict=True)
        return cls(offsets, lines)

    def line_of(self, offset: int) -> int:
        """The 1-based line of the file on which the character at `offset` stands."""
        return self.lines[max(bisect_right(self.offsets, offset) - 1, 0)]

    def pairs(self, shift: int = 0) -> Iterable[tuple[int, int]]:
        """(offset, line) pairs, the offsets moved by `shift` (and never below 0)."""
        return ((max(offset + shift, 0), line) for offset, line in zip(self.offsets, self.lines, strict=True))
