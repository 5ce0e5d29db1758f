"""Where in the student's file a piece of shell came from, also when it was quoted, joined or nested."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A script, with the file's line for each offset; `depth` counts the scripts it is nested in."""

    text: str
    offsets: tuple[int, ...]  # ascending, the first is 0
    lines: tuple[int, ...]  # the file's line from that offset on
    depth: int = 0

    @classmethod
    def of(cls, text: str, line_of: Callable[[int], int]) -> "Source":
        """A script as it stands in the file; `line_of` maps its 1-based lines to those of the file."""
        offsets = tuple(line_starts(text))
        return cls(text, offsets, tuple(line_of(number + 1) for number in range(len(offsets))))

    def line(self, offset: int) -> int:
        """The line of the file that holds this offset."""
        return self.lines[bisect_right(self.offsets, offset) - 1]

    def nested(self, text: str, start: int, depth: int) -> "Source":
        """`text` is what stands from `start` on here, with characters removed but never a line break."""
        offsets = tuple(line_starts(text))
        lines = [self.line(start)]
        while len(lines) < len(offsets):
            start = self.text.index("\n", start) + 1
            lines.append(self.line(start))
        return Source(text, offsets, tuple(lines), depth)

    @classmethod
    def joined(cls, pieces: Iterable[tuple[str, int]], depth: int) -> "Source":
        """Several pieces of text, each with the line of the file that it begins on."""
        texts, offsets, lines, length = [], [], [], 0
        for text, line in pieces:
            starts = line_starts(text)
            offsets += [length + start for start in starts]
            lines += [line + number for number in range(len(starts))]
            texts.append(text)
            length += len(text)
        return cls("".join(texts), tuple(offsets or [0]), tuple(lines or [1]), depth)


def line_starts(text: str) -> list[int]:
    """The offset of each line; only a line feed ends one, as for the shell."""
    starts = [0]
    while found := text.find("\n", starts[-1]) + 1:
        starts.append(found)
    return starts
