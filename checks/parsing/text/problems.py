"""Errors and problems of a submitted file, and the pieces of the messages about them.

`ParseError` ends the reading of a file. A `Problem` is a reason for which Docker refuses it: these are collected,
because a file with a mistake is still read to its end.
"""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ParseError(Exception):
    """The text cannot be read at all; `line` is 1-based (1 when the whole file is meant)."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


MAX_PROBLEMS = 1_000  # a file of nonsense must not become a report of a million lines
MAX_COMPARED = 40  # names that a file makes up, with each of which a thousand unknown ones may be compared


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One reason for which Docker refuses the file; `line` is 1-based.

    `since` is the engine's major version from which on it does; an older one decides by itself.
    """

    line: int
    message: str
    since: int = 0


class Refused(Exception):  # noqa: N818 - Docker's verdict on one instruction, not an error of ours
    """Docker would refuse this instruction; the message says why, without a line."""


class RefusedInUse(Refused):
    """The same, where it is carried out: BuildKit overlooks it in a stage that nothing needs."""


@dataclass(slots=True)
class Problems:
    """Collects problems up to `MAX_PROBLEMS`, and says so when there were more."""

    found: list[Problem] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether nothing more is listed."""
        return len(self.found) > MAX_PROBLEMS

    def add(self, line: int, message: str, *, since: int = 0) -> None:
        """Record one problem; the one past the limit says that the list ends here."""
        if len(self.found) == MAX_PROBLEMS:
            self.found.append(Problem(line, f"and more: only the first {MAX_PROBLEMS:,} problems are listed"))
        elif not self.full:
            self.found.append(Problem(line, message, since))


def suggestion(word: str, names: "Iterable[str]", most: int = 200) -> str:
    """Return `; did you mean COPY?` for a slip of the pen, else nothing. Only short words are compared.

    With more than `most` names there is none: each takes 20 microseconds, and no list of keywords is longer.
    """
    longest = 20  # the longest instruction or flag has 14 letters
    known = list(names)
    nearest = get_close_matches(word, known, n=1) if len(word) <= longest and len(known) <= most else []
    return f"; did you mean {nearest[0]}?" if nearest else ""
