"""Heredocs of RUN, COPY and ADD: where one opens, where it ends, and whether its variables are expanded."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checks.parsing.text.decoding import SPACE
from checks.parsing.text.expansion_parts import ExpansionError, Text, parse

# A word as the shell sees it; `<<` includes the spaces after it (`<< EOF` is an opener too).
_WORD = re.compile(rf"""(?:\\.|"(?:\\.|[^"\\])*+"|'[^']*+'|<<-?[{SPACE}]*+|[^{SPACE}"'\\<]|<)++""", re.DOTALL)
_OPENER = re.compile(rf"\d*<<(-?)([{SPACE}]*+)([^<]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A heredoc. `body` keeps line ends, and drops leading tabs after `<<-`; `first_line` is 1-based.

    `expand` is false when the name is quoted: variables in the body stay as they are.
    """

    name: str
    body: str
    expand: bool
    first_line: int

    @property
    def line(self) -> int:
        """The line on which its text begins."""
        return self.first_line


@dataclass(frozen=True, slots=True)
class Opener:
    """`<<NAME` in an instruction; `spaced` means `<< NAME`, not a heredoc for older BuildKits."""

    name: str
    expand: bool
    chomp: bool
    spaced: bool


def openers(flat: str) -> Iterator[Opener]:
    """Yield the heredocs that one joined instruction opens, in order."""
    if "<<" not in flat:
        return
    try:
        parse(flat, "\\")
    except ExpansionError:
        return  # BuildKit cannot split the words of this instruction, and then sees no heredoc in it
    for word in _WORD.finditer(flat):
        opener = opener_of(word.group())
        if opener is not None:
            yield opener


def opener_of(word: str) -> Opener | None:
    """Parse one word as the opener of a heredoc; None if it is not one."""
    match = _OPENER.fullmatch(word)
    if match is None:
        return None
    try:
        parts = parse(match[3], "\\")
    except ExpansionError:
        return None
    name = "".join(part.text if isinstance(part, Text) else f"${part.name}" for part in parts)
    quoted = '"' in match[3].replace('\\"', "") or "'" in match[3].replace("\\'", "")
    if not name or (not quoted and re.search(f"[{SPACE}]", match[3])):
        return None
    return Opener(name, not quoted, match[1] == "-", bool(match[2]))


@dataclass(slots=True)
class Terminators:
    """An index of the lines that can end a heredoc, built once, so that searching is never quadratic."""

    lines: Sequence[str]
    _plain: dict[str, list[int]] = field(default_factory=dict)
    _chomped: dict[str, list[int]] = field(default_factory=dict)

    def find(self, opener: Opener, start: int) -> int | None:
        """Return the index of the line that ends the heredoc, at or after index `start`, or None."""
        if not self._plain:
            self._index()
        places = (self._chomped if opener.chomp else self._plain).get(opener.name, [])
        at = bisect_left(places, start)
        return places[at] if at < len(places) else None

    def _index(self) -> None:
        for number, line in enumerate(self.lines):
            text = line.rstrip("\r")
            self._plain.setdefault(text, []).append(number)
            self._chomped.setdefault(text.lstrip("\t"), []).append(number)


def take(opener: Opener, lines: Sequence[str], start: int, end: int) -> Heredoc:
    """Return the heredoc whose body is `lines[start:end]`."""
    body = [line.lstrip("\t") if opener.chomp else line for line in lines[start:end]]
    return Heredoc(opener.name, "".join(f"{line}\n" for line in body), opener.expand, start + 1)
