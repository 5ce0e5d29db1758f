"""Split a Dockerfile into statements: one flat line per instruction, mapped to its lines in the file.

dockerfile-parse splits an instruction well, but not a file: it takes heredoc bodies for instructions, and ends
a continuation at a blank line. So this module joins the lines as BuildKit does, and passes flat lines to it.
It uses only `structure`, because the library's properties write files and guess.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dockerfile_parse import DockerfileParser

from checks.parsing.dockerfile.heredoc import Heredoc, Terminators, openers, take
from checks.parsing.dockerfile.values import is_json
from checks.parsing.text.decoding import SPACE, LineMap
from checks.parsing.text.problems import ParseError, Problems

# Per file; the largest that people write have about 1,000 lines.
MAX_LINES = 20_000
MAX_INSTRUCTIONS = 3_000
MAX_HEREDOCS = 100  # per instruction

# Appended to each flat line, because the library joins the next line after a final backslash, and drops a line
# without a value. Decoded text never contains NUL.
_GUARD = " \0"
_HEREDOC = re.compile(r"(?:ONBUILD[\t\v\f\r ]+)?(?:RUN|COPY|ADD)[\t\v\f\r ](?![\t\v\f\r ]*\[)", re.IGNORECASE)
_HEREDOC_OR_BROKEN_JSON = re.compile(r"(?:ONBUILD[\t\v\f\r ]+)?(?:RUN|COPY|ADD)[\t\v\f\r ]", re.IGNORECASE)
_NO_SPACE = frozenset("\x1c\x1d\x1e\x1f")  # blanks for Python, but not for BuildKit
_KEYWORD = re.compile(r"[^\t\v\f\r ]*")


@dataclass(frozen=True, slots=True)
class Statement:
    """One instruction as written in the file: `value` is flat, `places` maps its offsets to lines.

    `is_triggered` marks one that an ONBUILD adds to another stage.
    """

    keyword: str
    value: str
    line: int
    end_line: int
    original: str
    heredocs: tuple[Heredoc, ...]
    places: LineMap
    is_triggered: bool = False


@dataclass(frozen=True, slots=True)
class _Flat:
    text: str
    starts: tuple[tuple[int, int], ...]
    end: int  # index of the line after the last one


def read_statements(lines: Sequence[str], escape: str, problems: Problems) -> tuple[Statement, ...]:
    """Return every instruction of the file in order, without comments and blank lines.

    Raises ParseError for a file that passes a limit.
    """
    if len(lines) > MAX_LINES:
        raise ParseError(f"the file has more than {MAX_LINES:,} lines, the most that are read", MAX_LINES + 1)
    found = list(_join_all(lines, escape, problems))
    names = _split([flat for flat, _ in found])
    return tuple(
        _statement(flat, heredocs, name, lines) for (flat, heredocs), name in zip(found, names, strict=True)
    )


def _join_all(
    lines: Sequence[str], escape: str, problems: Problems
) -> Iterator[tuple[_Flat, tuple[Heredoc, ...]]]:
    terminators = Terminators(lines)
    at = count = 0
    while at < len(lines):
        text = lines[at].strip(SPACE)
        if not text or text.startswith("#"):
            at += 1
            continue
        count += 1
        if count > MAX_INSTRUCTIONS:
            raise ParseError(
                f"the file has more than {MAX_INSTRUCTIONS:,} instructions, the most that are read", at + 1
            )
        flat = _join(lines, at, escape)
        heredocs, at = _heredocs(flat, lines, terminators, problems)
        yield _Flat(flat.text, flat.starts, at), heredocs


def _join(lines: Sequence[str], at: int, escape: str) -> _Flat:
    """Join the continuations of the instruction that begins at index `at`; drop comments inside."""
    text, more = _cut(lines[at].lstrip(SPACE), escape)
    pieces, starts, length = [text], [(0, at + 1)], len(text)
    at += 1
    while more and at < len(lines):
        line = lines[at]
        at += 1
        bare = line.strip(SPACE)
        if not bare or bare.startswith("#"):
            continue
        text, more = _cut(line, escape)
        starts.append((length, at))
        pieces.append(text)
        length += len(text)
    return _Flat("".join(pieces), tuple(starts), at)


def _cut(line: str, escape: str) -> tuple[str, bool]:
    """Return the line without its continuation character, and whether it had one (a double one is text)."""
    line = line.rstrip("\r")
    bare = line.rstrip(" \t")
    if bare.endswith(escape) and not bare.endswith(escape * 2):
        return bare[:-1], True
    return line, False


def _heredocs(
    flat: _Flat, lines: Sequence[str], terminators: Terminators, problems: Problems
) -> tuple[tuple[Heredoc, ...], int]:
    """Return the heredocs of one instruction, and the index of the line after them."""
    at = flat.end
    found: list[Heredoc] = []
    opened = openers(flat.text.lstrip(SPACE)) if _opens(flat.text.lstrip(SPACE)) else ()
    for count, opener in enumerate(opened):
        if count == MAX_HEREDOCS:
            raise ParseError(f"one instruction has more than {MAX_HEREDOCS} heredocs", flat.starts[0][1])
        end = terminators.find(opener, at)
        if end is None and opener.spaced:
            continue  # `$((1 << 3))`: an arithmetic shift, as older BuildKits read it
        if end is None:
            problems.add(flat.starts[0][1], f"the heredoc is not ended: no line says `{opener.name}`")
        found.append(take(opener, lines, at, len(lines) if end is None else end))
        at = len(lines) if end is None else end + 1
    return tuple(found), at


def _opens(text: str) -> bool:
    """Whether the instruction can open heredocs: RUN, COPY or ADD, and not in JSON form."""
    if _HEREDOC.match(text):
        return True
    match = _HEREDOC_OR_BROKEN_JSON.match(text)
    return match is not None and not is_json(text[match.end() :])


def _split(flats: Sequence[_Flat]) -> Iterator[tuple[str, str]]:
    """Yield the keyword and value of each flat line, as dockerfile-parse splits it."""
    fed = io.BytesIO("".join(f"{flat.text.strip(SPACE)}{_GUARD}\n" for flat in flats).encode())
    found = {entry["startline"]: entry for entry in DockerfileParser(fileobj=fed).structure}
    for number, flat in enumerate(flats):
        text = flat.text.strip(SPACE)
        keyword = _KEYWORD.match(text).group().upper()  # type: ignore[union-attr] # it matches anything
        entry = found.get(number, {"instruction": "", "value": ""})
        own = text[len(keyword) :].strip(SPACE)
        if entry["instruction"] == keyword and own[:1] not in _NO_SPACE:
            yield keyword, entry["value"].removesuffix("\0").rstrip(SPACE)
        else:  # the keyword has a no-break space or another control character, or the value begins with one
            yield keyword, own


def _statement(
    flat: _Flat, heredocs: tuple[Heredoc, ...], name: tuple[str, str], lines: Sequence[str]
) -> Statement:
    keyword, value = name
    indent = len(flat.text) - len(flat.text.lstrip(SPACE))
    behind = flat.text[indent + len(keyword) :]
    start = indent + len(keyword) + len(behind) - len(behind.lstrip(SPACE))
    first = flat.starts[0][1]
    places = LineMap.of((max(offset - start, 0), line) for offset, line in flat.starts)
    original = "\n".join(line.rstrip("\r") for line in lines[first - 1 : flat.end])
    return Statement(keyword, value, first, flat.end, original, heredocs, places)
