"""Brace expansion as in bash: `a{b,c}` is two words, `{1..3}` three; dash does not expand braces."""

import re
from collections.abc import Mapping

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.words import Part, Word

MAX_LENGTH = 1_000  # characters or parts of a word; a longer word stays unexpanded
MAX_WORDS = 1_000  # words from one word; a hostile word doubles them with every brace
_RANGE = re.compile(r"(-?\d{1,4})\.\.(-?\d{1,4})|([A-Za-z])\.\.([A-Za-z])", re.ASCII)


_OPAQUE = 0xE000  # the first of the 6,400 characters for private use


def braced(word: Word, allowance: Allowance) -> list[Word]:
    """Return the words that the braces of a word expand to; a quoted or expanded part counts as one character.

    Raises ParseError if this exceeds the file's allowance.
    """
    if "{" not in word.text or len(word.parts) > MAX_LENGTH:
        return [word]
    opaque = {chr(_OPAQUE + at): part for at, part in enumerate(word.parts) if part.quoted or part.expands}
    plain = [part.text for part in word.parts if not (part.quoted or part.expands)]
    if any(char in text for text in plain for char in opaque):
        return [word]
    marks = {id(part): mark for mark, part in opaque.items()}
    texts = expand_braces("".join(marks.get(id(part), part.text) for part in word.parts))
    if len(texts) == 1:
        return [word]
    allowance.expand(sum(len(text) + 1 for text in texts), word.parts[0].line)
    return [_restored(text, word, opaque) for text in texts if text]


def _restored(text: str, word: Word, opaque: Mapping[str, Part]) -> Word:
    line = word.parts[0].line
    pieces = re.split(f"([{''.join(opaque)}])", text) if opaque else [text]
    return Word.of(
        opaque.get(piece) or Part(piece, quoted=False, expands=False, line=line) for piece in pieces if piece
    )


def expand_braces(text: str) -> list[str]:
    """Return the words that an unquoted word expands to; only the word itself if no brace expands."""
    done: list[str] = []
    waiting = [text]
    if len(text) > MAX_LENGTH:
        return waiting
    while waiting:
        word = waiting.pop()
        pieces = _first(word)
        if pieces is None or len(waiting) + len(done) > MAX_WORDS:
            done.append(word)
        else:
            before, members, behind = pieces
            waiting += [f"{before}{member}{behind}" for member in reversed(members)]
    return done


def _first(text: str) -> tuple[str, list[str], str] | None:
    """Return the text before, the members and the text after the first brace with a comma or range."""
    for start, char in enumerate(text):
        if char == "{" and (end := _end(text, start)) is not None:
            members = _members(text[start + 1 : end])
            if members:
                return text[:start], members, text[end + 1 :]
    return None


def _end(text: str, start: int) -> int | None:
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None


def _members(inner: str) -> list[str]:
    found, depth, begin = [], 0, 0
    for at, char in enumerate(inner):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "," and depth == 0:
            found.append(inner[begin:at])
            begin = at + 1
    if found:
        return [*found, inner[begin:]]
    match = _RANGE.fullmatch(inner)
    return _range(match) if match else []


def _range(match: re.Match[str]) -> list[str]:
    first, last = (int(match[1]), int(match[2])) if match[1] else (ord(match[3]), ord(match[4]))
    step = 1 if first <= last else -1
    numbers = list(range(first, last + step, step))[:MAX_WORDS]
    return list(map(str if match[1] else chr, numbers))
