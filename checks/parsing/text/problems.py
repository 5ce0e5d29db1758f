"""Errors and problems of a submitted file, and a helper for the messages about them.

`ParseError` stops the parsing of a file. A `Problem` is a reason why Docker refuses the file: parsers collect
problems and read the file to its end.
"""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ParseError(Exception):
    """The text cannot be read at all; `line` is 1-based (1 for the whole file)."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


MAX_PROBLEMS = 1_000  # a file of nonsense must not become a report of a million lines
MAX_COMPARED = 40  # names that a file defines; a thousand unknown names may be compared with each


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One reason why Docker refuses the file; `line` is 1-based.

    `since` is the first major version of the engine that refuses it; an older engine decides for itself.
    """

    line: int
    message: str
    since: int = 0


class Refused(Exception):  # noqa: N818 - Docker's verdict on one instruction, not an error of ours
    """Docker would refuse this instruction; the message says why, without a line."""


class RefusedInUse(Refused):
    """Docker refuses this instruction when it executes it: BuildKit ignores it in a stage that nothing needs."""


@dataclass(slots=True)
class Problems:
    """A list of up to `MAX_PROBLEMS` problems, with a note if there were more."""

    found: list[Problem] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether the list takes no more problems."""
        return len(self.found) > MAX_PROBLEMS

    def add(self, line: int, message: str, *, since: int = 0) -> None:
        """Record one problem; beyond the limit, record a note instead that the list ends here."""
        if len(self.found) == MAX_PROBLEMS:
            self.found.append(Problem(line, f"and more: only the first {MAX_PROBLEMS:,} problems are listed"))
        elif not self.full:
            self.found.append(Problem(line, message, since))


def suggestion(word: str, names: "Iterable[str]", most: int = 200) -> str:
    """Return `; did you mean COPY?` for a misspelt short word, else an empty string.

    More than `most` names are not compared: each takes 20 microseconds, and no list of keywords is longer.
    """
    longest = 20  # the longest instruction or flag has 14 letters
    known = list(names)
    nearest = get_close_matches(word, known, n=1) if len(word) <= longest and len(known) <= most else []
    return f"; did you mean {nearest[0]}?" if nearest else ""
