"""Shell words that keep their quotes, their variables and their line in the file, and the source that they are in.

Quotes decide whether `"/var/lib/apt/lists/*"` is a glob and whether `'$X'` is a variable, so a word keeps a
sequence of parts and derives its plain text from them. `Source` maps offsets to lines of the file, also for
scripts that were quoted, joined or nested.
"""

import re
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
        """Return a script as the file contains it; `line_of` maps its 1-based lines to those of the file."""
        offsets = tuple(line_starts(text))
        return cls(text, offsets, tuple(line_of(number + 1) for number in range(len(offsets))))

    def line(self, offset: int) -> int:
        """Return the line of the file that contains this offset."""
        return self.lines[bisect_right(self.offsets, offset) - 1]

    def nested(self, text: str, start: int, depth: int) -> "Source":
        """Return the source of `text`: the text from `start` on, with all line breaks but fewer characters."""
        offsets = tuple(line_starts(text))
        lines = [self.line(start)]
        while len(lines) < len(offsets):
            start = self.text.index("\n", start) + 1
            lines.append(self.line(start))
        return Source(text, offsets, tuple(lines), depth)

    @classmethod
    def joined(cls, pieces: Iterable[tuple[str, int]], depth: int) -> "Source":
        """Join pieces of text, each with the line of the file on which it begins."""
        texts, offsets, lines, length = [], [], [], 0
        for text, line in pieces:
            starts = line_starts(text)
            offsets += [length + start for start in starts]
            lines += [line + number for number in range(len(starts))]
            texts.append(text)
            length += len(text)
        return cls("".join(texts), tuple(offsets or [0]), tuple(lines or [1]), depth)


def line_starts(text: str) -> list[int]:
    """Return the offset of each line; as in the shell, only a line feed ends a line."""
    starts = [0]
    while found := text.find("\n", starts[-1]) + 1:
        starts.append(found)
    return starts


#: Return the value of a variable; None if it is unknown, so that the expansion stays as written.
Lookup = Callable[[str], str | None]

MAX_EXPANSION = 65_536  # characters; longer values are hostile and are truncated
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ASSIGNMENT = re.compile(rf"({_NAME})(\+?)=", re.ASCII)
_PARAMETER = re.compile(rf"\$({_NAME})|\$\{{({_NAME})(?:(:?[-+=?])(.*))?\}}", re.ASCII | re.DOTALL)
_INNER = re.compile(rf"\$(?:{_NAME}|\{{{_NAME}\}})", re.ASCII)
_MENTION = re.compile(rf"\$\{{?({_NAME})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Text of one kind, as written: plain, `quoted` in any way, or an expansion such as `$X` (`expands`)."""

    text: str
    quoted: bool
    expands: bool
    line: int


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `text` is the word after quote removal, with its expansions as written."""

    text: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "Word":
        kept = tuple(parts)
        return cls("".join(part.text for part in kept), kept)

    @property
    def quoted(self) -> bool:
        """Whether any of it was quoted or escaped."""
        return any(part.quoted for part in self.parts)

    @property
    def literal(self) -> bool:
        """Whether it contains no expansion."""
        return not any(part.expands for part in self.parts)

    @property
    def globs(self) -> bool:
        """Whether it has a `*`, `?` or `[` that the shell would expand."""
        return any(set("*?[") & set(part.text) for part in self.parts if not (part.quoted or part.expands))

    def mentions(self) -> set[str]:
        """Return the variables that it names."""
        texts = (part.text for part in self.parts if part.expands and not part.text.startswith(("$(", "`")))
        return {name for text in texts for name in _MENTION.findall(text)}

    def assignment(self) -> tuple[str, "Word"] | None:
        """Split `NAME=value`; None if it is not an assignment. The value of `NAME+=value` is unknown."""
        first = self.parts[0] if self.parts else None
        match = _ASSIGNMENT.match(first.text) if first and not (first.quoted or first.expands) else None
        if not first or not match:
            return None
        rest = Part(first.text[match.end() :], quoted=False, expands=False, line=first.line)
        before = (Part(f"$({match[1]})", quoted=False, expands=True, line=first.line),) if match[2] else ()
        return match[1], Word.of((*before, *((rest,) if rest.text else ()), *self.parts[1:]))

    def variable(self, part: Part) -> str:
        """Return the name if the part is just `$X` or `${X}`, else an empty string."""
        match = _PARAMETER.fullmatch(part.text) if part.expands else None
        return (match[1] or match[2]) if match and not match[3] else ""

    def value(self, lookup: Lookup) -> str:
        """Expand the word without splitting: the value that an assignment would store."""
        return "".join(_resolve(part, lookup) for part in self.parts)[:MAX_EXPANSION]

    def fields(self, lookup: Lookup) -> list[str]:
        """Return the fields it expands to: an unquoted expansion is split at blanks and may yield none."""
        fields: list[str] = []
        open_field = False  # whether the next text belongs to the last field
        for part in self.parts:
            value = _resolve(part, lookup)[:MAX_EXPANSION]
            splits = part.expands and not part.quoted and value != part.text
            pieces = value.split() if splits else [value]
            if pieces and open_field and not (splits and value[0].isspace()):
                fields[-1] += pieces.pop(0)
            fields += pieces
            open_field = (
                not value[-1:].isspace() if splits and value else open_field or bool(fields and not splits)
            )
        return fields


def _resolve(part: Part, lookup: Lookup) -> str:
    if not part.expands:
        return part.text
    match = _PARAMETER.fullmatch(part.text)
    return _parameter(match, lookup) if match else part.text


def _parameter(match: re.Match[str], lookup: Lookup) -> str:
    """Expand `$X`, `${X}`, or `${X:-y}` and its variants; an unset variable is empty, as in the shell."""
    value, operator, other = lookup(match[1] or match[2]), match[3] or "", match[4] or ""
    if value is None:
        return match[0]
    if operator.endswith("+"):
        return _default(other, lookup) if value else ""
    if operator and not operator.endswith("?"):
        return value or _default(other, lookup)
    return value


def _default(text: str, lookup: Lookup) -> str:
    """Expand `other` in `${X:-other}`: remove its quotes and expand its plain variables."""
    bare = text.replace('"', "").replace("'", "")

    def known(match: re.Match[str]) -> str:
        value = lookup(match[0].strip("${}"))
        return match[0] if value is None else value

    return _INNER.sub(known, bare)
