r"""One pattern of a .dockerignore, matched like moby/patternmatcher, in bounded time.

`*` and `?` stop at a slash, `**` does not, `[a-z]` and `\` are as in Go's filepath.Match. The pattern does
not become a regular expression, because a hostile one could take for ever: the matcher keeps the set of
offsets in the path that it has reached so far.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from checks.parsing.text.problems import RefusedInUse

Step = Callable[[str, set[int]], set[int]]
"""From the places reached in a path to those reached behind one token."""


REMEMBERED = 100  # patterns: one source of a COPY is compared with some names, one after the other


@dataclass(frozen=True, slots=True)
class PathPattern:
    """One pattern; `text` is normalised: without `./`, `..`, doubled or outer slashes."""

    text: str
    steps: tuple[Step, ...] = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> "PathPattern":
        """Parse a pattern. Raises Refused for an open bracket or a trailing backslash, as Docker does."""
        cleaned = posixpath.normpath(text).lstrip("/") or "/"
        return cls(cleaned, _steps(cleaned))

    def matches(self, path: str) -> bool:
        """Return whether the whole slash-separated path matches; a match of a parent does not count."""
        reached = {0}
        for step in self.steps:
            reached = step(path, reached)
            if not reached:
                return False
        return len(path) in reached


@lru_cache(REMEMBERED)
def _steps(text: str) -> tuple[Step, ...]:
    only_leading = text.startswith("**") and not set(text[2:]) & set("*?[]\\")
    found: list[Step] = []
    at = 0
    while at < len(text):
        if text.startswith("**", at):
            at = at + 3 if text.startswith("/", at + 2) else at + 2
            anything = at >= len(text) or (only_leading and text[at - 1] != "/")
            found.append(_anything if anything else _directories)
        else:
            step, at = _single(text, at)
            found.append(step)
    return tuple(found)


def _single(text: str, at: int) -> tuple[Step, int]:
    match text[at]:
        case "*":
            return _name, at + 1
        case "?":
            return _one(lambda char: char != "/"), at + 1
        case "[":
            return _bracket(text, at + 1)
        case "\\":
            at += 1
            if at == len(text):
                raise RefusedInUse("a pattern cannot end with a backslash")
    literal = text[at]
    return _one(lambda char: char == literal), at + 1


def _one(accepts: Callable[[str], bool]) -> Step:
    return lambda path, reached: {at + 1 for at in reached if at < len(path) and accepts(path[at])}


def _anything(path: str, reached: set[int]) -> set[int]:
    return set(range(min(reached), len(path) + 1))


def _directories(path: str, reached: set[int]) -> set[int]:
    """Match `**/`: an empty text, or any text that ends with a slash."""
    first = min(reached)
    return reached | {at for at in range(first + 1, len(path) + 1) if path[at - 1] == "/"}


def _name(path: str, reached: set[int]) -> set[int]:
    """Match `*`: any text up to the next slash."""
    found: set[int] = set()
    for start in sorted(reached):
        if start in found:
            continue
        end = path.find("/", start)
        found.update(range(start, (len(path) if end < 0 else end) + 1))
    return found


def _bracket(text: str, at: int) -> tuple[Step, int]:
    negated = text.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(text) and (text[at] != "]" or not ranges):
        low, at = _member(text, at)
        high = low
        if text.startswith("-", at):
            high, at = _member(text, at + 1)
        ranges.append((low, high))
    if at >= len(text):
        raise RefusedInUse("a bracket of the pattern is not closed")
    return _one(lambda char: any(low <= char <= high for low, high in ranges) != negated), at + 1


def _member(text: str, at: int) -> tuple[str, int]:
    if text.startswith("\\", at):
        at += 1
    if at >= len(text) or text[at] in "-]":
        raise RefusedInUse("a bracket of the pattern is malformed")
    return text[at], at + 1
