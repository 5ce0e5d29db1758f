"""Expand variables as BuildKit does in a Dockerfile: `$X ${X:-y} ${X:+y} ${X#p} ${X%p} ${X/p/r}`, and quotes.

These rules are neither a shell's nor Python's: no command substitution, no quotes that nest across words, and an
escape character that the file chooses. Text is parsed into parts first, so that a mistake shows for all values,
and evaluated afterwards. All work is bounded, because `ENV A=$B$B` doubles with every line.
`unset_in` and `unset_note` list the unset variables of a text for a message.
"""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

from checks.parsing.text.decoding import SPACE
from checks.parsing.text.expansion_parts import ExpansionError, Part, Reference, Text, parse, parse_raw
from checks.parsing.text.glob import replace, trim_prefix, trim_suffix

# BuildKit's own expansion takes quadratic time and continues after its client has gone: a value of 64 KiB
# costs the engine 3.5 s (26.1). With these limits, a whole file costs it some seconds at most.
MAX_VALUE = 8_192
MAX_WORK = 1 << 20  # characters produced or compared in one file: a real one stays below a few thousand
MAX_SPECIAL = 50_000  # dollar signs, quotes and backslashes in the expanded texts of one file

Lookup = Callable[[str], str | None]
"""The value of a variable, or None when it is not set."""

_SPACES = re.compile(f"[{SPACE}]+")
_SPECIAL = re.compile(r"[$'\"\\`]")


@dataclass(slots=True)
class Budget:
    """The work that the expansion of one file may take; all its instructions share it."""

    left: int = MAX_WORK
    special: int = field(default=MAX_SPECIAL, kw_only=True)
    max_value: int = field(default=MAX_VALUE, kw_only=True)

    def spend(self, work: int) -> None:
        """Deduct work. Raises ExpansionError if the whole file takes too much."""
        self.left -= work
        if self.left < 0:
            raise ExpansionError(f"the variables of this file expand to more than {MAX_WORK:,} characters")

    def read(self, text: str) -> None:
        """Deduct a text to parse. Raises ExpansionError if the whole file has too much of it."""
        self.special -= sum(map(text.count, "$'\"\\`"))
        if self.special < 0:
            raise ExpansionError(f"this file has more than {MAX_SPECIAL:,} quotes and variables to expand")


def expand(text: str, lookup: Lookup, escape: str, budget: Budget) -> str:
    """Expand one word: replace variables, and remove quotes and escapes. Raises ExpansionError."""
    if not _SPECIAL.search(text):
        return text
    budget.read(text)
    return "".join(piece for piece, _ in _pieces(parse(text, escape), lookup, budget))


def expand_words(text: str, lookup: Lookup, escape: str, budget: Budget) -> tuple[str, ...]:
    """Expand like `expand`, then split at the spaces that are neither quoted nor escaped."""
    words = [""]
    budget.read(text)
    for piece, whole in _pieces(parse(text, escape), lookup, budget):
        head, *rest = [piece] if whole else _SPACES.split(piece)
        words[-1] += head
        words.extend(rest)
    return tuple(word for word in words if word)


def expand_raw(text: str, lookup: Lookup, escape: str, budget: Budget) -> str:
    """Expand the variables of a document, in which quotes are text. Raises ExpansionError."""
    budget.read(text)
    return "".join(piece for piece, _ in _pieces(parse_raw(text, escape), lookup, budget))


def _pieces(parts: tuple[Part, ...], lookup: Lookup, budget: Budget) -> Iterator[tuple[str, bool]]:
    length = 0
    for part in parts:
        piece = part.text if isinstance(part, Text) else _value(part, lookup, budget)
        length += len(piece)
        if length > budget.max_value:
            raise ExpansionError(f"a value expands to more than {budget.max_value:,} characters")
        budget.spend(len(piece))
        yield piece, part.quoted


def _value(reference: Reference, lookup: Lookup, budget: Budget) -> str:
    """Evaluate one reference; like BuildKit, evaluate the operand even if it is not used."""
    value = lookup(reference.name)
    operand = "".join(piece for piece, _ in _pieces(reference.operand, lookup, budget))
    if reference.operator.startswith(":") and value == "":
        value = None
    match reference.operator.removeprefix(":"):
        case "-":
            return operand if value is None else value
        case "+":
            return "" if value is None else operand
        case "?" if value is None:
            raise ExpansionError(f"{reference.name}: {operand or 'is not set'}")
        case "#" | "%" | "/" if value is not None:
            return _edited(reference, value, operand, lookup, budget)
    return value or ""


def _edited(reference: Reference, value: str, pattern: str, lookup: Lookup, budget: Budget) -> str:
    greedy = pattern.startswith(reference.operator[-1]) and reference.operator != "/"
    pattern = pattern[1:] if greedy else pattern
    budget.spend((len(value) + 1) * (len(pattern) + 1) // 64 + len(value) + len(pattern))
    match reference.operator[-1]:
        case "#":
            return trim_prefix(value, pattern, greedy=greedy)
        case "%":
            return trim_suffix(value, pattern, greedy=greedy)
    replacement = "".join(piece for piece, _ in _pieces(reference.replacement, lookup, budget))
    edited = replace(value, pattern, replacement, everywhere=reference.everywhere, spend=budget.spend)
    return edited[: budget.max_value + 1]  # one character over the limit, so that the caller refuses it


MOST = 5  # names listed per text
_MENTION = re.compile(r"(?<!\\)\$\{?([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)


def unset_in(text: str, known: Container[str]) -> tuple[str, ...]:
    """Return up to `MOST` unset variables of a text, each once, including those with a default."""
    return tuple(dict.fromkeys(name for name in _MENTION.findall(text) if name not in known))[:MOST]


def unset_note(names: tuple[str, ...]) -> str:
    """Return `; A and B are not set`, or an empty string without names."""
    listed = " and ".join(f"`{name}`" for name in names)
    return f"; {listed} {'is' if len(names) == 1 else 'are'} not set" if names else ""
