"""The text that the shell of a RUN gets, with the way back from each place in it to the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.parsing.heredoc import Heredoc, opener_of
from checks.parsing.linemap import LineMap

if TYPE_CHECKING:
    from checks.parsing.reader import Statement

# Where a line break would change the meaning: in single quotes, in a comment, behind a backslash.
_UNBREAKABLE = re.compile(r"""'[^']*+'?|"(?:\\.|[^"\\])*+"?|\\.|(?<![^\s;&|()])#[^\n]*+""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Script:
    """`places` maps the offsets of `text` to lines of the file."""

    text: str
    places: LineMap

    def in_lines(self) -> tuple[str, Callable[[int], int]]:
        r"""The same script over several lines: a "\" and a line break where the file has a new line.

        The second value maps its 1-based lines to those of the file.
        """
        spans = iter(_UNBREAKABLE.finditer(self.text))
        span = next(spans, None)
        pieces: list[str] = []
        lines = [self.places.line_of(0)]
        done = 0
        for offset, line in self._starts():
            while span and span.end() <= offset:
                span = next(spans, None)
            written = self.text[offset - 1] == "\n"
            if not written and span and span.start() < offset and span.group()[0] != '"':
                continue
            pieces += self.text[done:offset], "" if written else "\\\n"
            lines.append(line)
            done = offset
        return "".join(pieces) + self.text[done:], lambda number: lines[min(number, len(lines)) - 1]

    def _starts(self) -> list[tuple[int, int]]:
        """Where a new line of the file begins behind the first, each offset once."""
        return sorted(
            {offset: line for offset, line in self.places.pairs() if 0 < offset < len(self.text)}.items()
        )


def script_of(statement: "Statement", arguments: str) -> Script:
    """The script of a RUN whose value without its flags is `arguments`.

    `RUN <<EOF` runs the body; in `RUN cat <<EOF > file` the shell gets the line and the bodies.
    """
    shift = statement.value.rfind(arguments) if arguments else 0
    line = Script(arguments, LineMap.of(statement.places.pairs(-shift)))
    if not statement.heredocs:
        return line
    opener = opener_of(arguments)
    if opener is not None and len(statement.heredocs) == 1:
        return _body(statement.heredocs[0])
    pieces, starts, length = [arguments, "\n"], list(line.places.pairs()), len(arguments) + 1
    for heredoc in statement.heredocs:
        text = f"{heredoc.body}{heredoc.name}\n"
        starts += _body(heredoc).places.pairs(length)
        starts.append((length + len(heredoc.body), heredoc.first_line + heredoc.body.count("\n")))
        length += len(text)
        pieces.append(text)
    return Script("".join(pieces), LineMap.of(starts))


def _body(heredoc: Heredoc) -> Script:
    starts = [(0, heredoc.first_line)]
    for number, line in enumerate(heredoc.body.split("\n")[:-1], 1):
        starts.append((starts[-1][0] + len(line) + 1, heredoc.first_line + number))
    return Script(heredoc.body, LineMap.of(starts))
