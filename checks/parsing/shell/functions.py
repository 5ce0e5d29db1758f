"""Calls of functions and aliases: substitute `$1` and `"$@"` in a function's body, and expand aliases."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from checks.parsing.shell.nodes import Compound, Simple
from checks.parsing.shell.process import Process
from checks.parsing.shell.words import Part, Word
from checks.parsing.text.problems import ParseError

MAX_WORDS = 1_000  # words of one command in a function: each nested call may double its arguments
_ALL = frozenset({"$@", "${@}", "$*", "${*}"})
_POSITION = re.compile(r"\$(?:([1-9])|\{([1-9][0-9]?)\})", re.ASCII)
_UNHEEDED = frozenset({"time"})  # a keyword of bash; all other wrappers start a program, never a function


def called(words: Sequence[Word], wrappers: Sequence[str], process: Process) -> Compound | None:
    """Return the function that a command calls; None if it calls none."""
    if not words or not words[0].literal or not _UNHEEDED.issuperset(wrappers):
        return None
    return process.function(words[0].text)


def unaliased(node: Simple, process: Process) -> Simple:
    """Return the command with an alias in its first word expanded."""
    first = node.words[0] if node.words else None
    meant = None if first is None or first.quoted else process.aliases.get(first.text)
    return node if meant is None else replace(node, words=(*meant, *node.words[1:]))


def placed(node: Simple, process: Process) -> Simple:
    """Return the command with the arguments of the surrounding function substituted."""
    if process.arguments is None:
        return node
    settings = tuple((name, _word(value, process.arguments)) for name, value in node.settings)
    return replace(node, words=given(node.words, process), settings=settings)


def given(words: tuple[Word, ...] | None, process: Process) -> tuple[Word, ...]:
    """Return these words with the function's arguments substituted; None means the arguments themselves."""
    arguments = process.arguments
    if words is None:
        return arguments or ()
    if arguments is None:
        return words
    placed = tuple(islice((word for each in words for word in _words(each, arguments)), MAX_WORDS + 1))
    if len(placed) > MAX_WORDS:
        raise ParseError(f"a command in a function has more than {MAX_WORDS:,} words", words[0].parts[0].line)
    return placed


def _words(word: Word, arguments: Sequence[Word]) -> Sequence[Word]:
    if word.literal:
        return [word]
    if word.text in _ALL and any(part.expands and part.text == word.text for part in word.parts):
        return arguments
    found = _word(word, arguments)
    return [found] if found.parts else []


def _word(word: Word, arguments: Sequence[Word]) -> Word:
    return Word.of(part for each in word.parts for part in _parts(each, arguments))


def _parts(part: Part, arguments: Sequence[Word]) -> Sequence[Part]:
    match = _POSITION.fullmatch(part.text) if part.expands else None
    if not match:
        return [part]
    at = int(match[1] or match[2]) - 1
    empty = Part("", quoted=True, expands=False, line=part.line)
    return arguments[at].parts if at < len(arguments) else [empty] if part.quoted else []
