"""The position of the parser in shell text, and a builder for the word at it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.words import Part, Source, Word
from checks.parsing.text.problems import ParseError

MAX_DEPTH = 30  # nested scripts and brackets; people reach five
MAX_ARITHMETIC = 500  # characters of `$(( ))`; a longer one is read as a substitution

_BLANKS = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_PARENTHESIS = re.compile(r"[()]")


class Cursor:
    """A position in a source, with its nesting depth and the remaining allowance."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        self.source, self.text, self.pos, self.depth = source, source.text, 0, source.depth
        self.allowance = allowance
        allowance.read(len(source.text), source.line(0))

    def count(self) -> None:
        """Deduct one piece from the allowance."""
        self.allowance.pieces -= 1
        if self.allowance.pieces < 0:
            raise self.allowance.exhausted(self.line(min(self.pos, len(self.text))))

    def fail(self, message: str, at: int | None = None) -> ParseError:
        return ParseError(message, self.line(self.pos if at is None else at))

    def line(self, offset: int) -> int:
        return self.source.line(offset)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Enter one nesting level; hostile nesting raises ParseError here before Python's stack overflows."""
        if self.depth >= MAX_DEPTH:
            raise self.fail(f"shell code is nested deeper than {MAX_DEPTH} levels")
        self.depth += 1
        yield
        self.depth -= 1

    def at(self, text: str) -> bool:
        return self.text.startswith(text, self.pos)

    def skip_blanks(self) -> None:
        """Skip blanks, continued lines, and a comment up to the end of its line."""
        if match := _BLANKS.match(self.text, self.pos):
            self.pos = match.end()
        if match := _COMMENT.match(self.text, self.pos):
            self.pos = match.end()

    def arithmetic_end(self, start: int) -> int:
        """Return the offset after the `))` that closes the `((` at `start`; 0 if it is not arithmetic."""
        level = 0
        for match in _PARENTHESIS.finditer(self.text, start, start + MAX_ARITHMETIC):
            level += 1 if match[0] == "(" else -1
            if match[0] == ")" and level == 1:
                return match.end() + 1 if self.text.startswith(")", match.end()) else 0
        return 0


class Builder:
    """Build a word; adjacent text of one kind becomes one part, unless a continued line separates it."""

    def __init__(self) -> None:
        self._runs: list[tuple[list[str], bool, bool, int]] = []
        self._joined = False

    def add(self, text: str, line: int, *, quoted: bool = False, expands: bool = False) -> None:
        if self._joined and not expands and self._runs[-1][1:3] == (quoted, False):
            self._runs[-1][0].append(text)
        else:
            self._runs.append(([text], quoted, expands, line))
        self._joined = not expands

    def continue_line(self) -> None:
        self._joined = False

    def word(self) -> Word:
        return Word.of(
            Part("".join(text), quoted, expands, line) for text, quoted, expands, line in self._runs
        )
