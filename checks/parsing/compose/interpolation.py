"""Interpolate like Compose: `$X ${X} ${X:-y} ${X-y} ${X:?e} ${X?e} ${X:+y} ${X+y}`, and `$$` for `$`.

Grammar: the Compose Specification, "Interpolation". A `$` before anything else is literal: `$(date)`, `$1`,
`$?`. The text after an operator is interpolated too, so references nest. All work is bounded, because a
value that names a longer one twice doubles with every line. A value that cannot be interpolated is marked, so
that it is reported once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checks.parsing.text.problems import Problem, Problems
from checks.parsing.text.yaml_node import Tree, YamlNode

MAX_CHARACTERS = 1 << 20  # characters read or inserted in one file; a real one has a few thousand
MAX_NESTING = 32

Lookup = Callable[[str], str | None]
"""The value of a variable; None when it is not set."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_PLAIN = re.compile(r"[^$}]+")


class InterpolationError(Exception):
    """The text cannot be interpolated, or it requests an error itself (`${X:?why}`)."""


@dataclass(slots=True)
class Interpolation:
    """The interpolation of one file; `left` is how many characters may still be read or inserted.

    `unset` collects the names without a value or a default, which are replaced by nothing.
    """

    lookup: Lookup
    left: int = MAX_CHARACTERS
    unset: list[str] = field(default_factory=list)

    def apply(self, text: str) -> str:
        """Return the text with its variables replaced. Raises InterpolationError."""
        if "$" not in text:
            return text
        return _Reader(self.spend(text), self).until_end()

    def spend(self, text: str) -> str:
        """Deduct the length of a text, and return the text."""
        self.left -= len(text)
        if self.left < 0:
            raise InterpolationError(f"the variables come to more than {MAX_CHARACTERS:,} characters")
        return text


class _Reader:
    """A parser in one pass from left to right; `at` is the index of the next character."""

    def __init__(self, text: str, given: Interpolation) -> None:
        self.text = text
        self.given = given
        self.at = 0

    def until_end(self) -> str:
        found = ""
        while self.at < len(self.text):
            found += self._next(depth=0, wanted=True)
        return found

    def _until_brace(self, depth: int, *, wanted: bool) -> str:
        """Read the operand of an operator; unless `wanted`, it never fails for unset variables."""
        if depth > MAX_NESTING:
            raise InterpolationError(f"variables are nested more than {MAX_NESTING} deep")
        found = ""
        while self.text[self.at : self.at + 1] != "}":
            if self.at >= len(self.text):
                raise InterpolationError("a `${` is not closed: `}` is missing")
            found += self._next(depth=depth, wanted=wanted)
        self.at += 1
        return found

    def _next(self, *, depth: int, wanted: bool) -> str:
        if self.text[self.at] != "$":
            plain = _PLAIN.match(self.text, self.at)
            piece = plain.group() if plain else self.text[self.at]
            self.at += len(piece)
            return piece
        return self._reference(depth, wanted=wanted)

    def _reference(self, depth: int, *, wanted: bool) -> str:
        following = self.text[self.at + 1 : self.at + 2]
        if following in ("$", "{"):
            self.at += 2
            return "$" if following == "$" else self._braced(depth + 1, wanted=wanted)
        self.at += 1
        name = _NAME.match(self.text, self.at)
        if name is None:
            return "$"
        self.at = name.end()
        return self._or_nothing(name.group(), wanted=wanted)

    def _name(self) -> str:
        name = _NAME.match(self.text, self.at)
        if name is None:
            shown = self.text[self.at - 2 : self.at + 20]
            raise InterpolationError(f"`{shown}` names no variable; a dollar sign itself is written `$$`")
        self.at = name.end()
        return name.group()

    def _value(self, name: str) -> str | None:
        value = self.given.lookup(name)
        return None if value is None else self.given.spend(value)

    def _or_nothing(self, name: str, *, wanted: bool) -> str:
        value = self._value(name)
        if value is None and wanted:
            self.given.unset.append(name)
        return value or ""

    def _braced(self, depth: int, *, wanted: bool) -> str:
        name = self._name()
        operator = _OPERATOR.match(self.text, self.at)
        if operator is None:
            if self.text[self.at : self.at + 1] != "}":
                raise InterpolationError(f"`${{{name}` is followed by neither `}}` nor one of `:-` `:?` `:+`")
            self.at += 1
            return self._or_nothing(name, wanted=wanted)
        value = self._value(name)
        self.at = operator.end()
        is_there = bool(value) if ":" in operator.group() else value is not None
        kind = operator.group()[-1]
        used = wanted and (is_there if kind == "+" else not is_there)
        operand = self._until_brace(depth, wanted=used)
        if kind == "?":
            if used:
                raise InterpolationError(f"`{name}` is not set: {operand or 'the file requires it'}")
            return value or ""
        return operand if used else ("" if kind == "+" else value or "")


FAILED = "!!failed"  # no file can have this tag: YAML expands `!!` to another prefix
PROJECT = (
    "project"  # the value of `${COMPOSE_PROJECT_NAME}`: Compose always has a name, most often the folder's
)
HERE = "."  # the value of `${PWD}`, as a path: a file is always read from its own folder


@dataclass(slots=True)
class Replacing:
    """Replace the variables of one file; `unset` lists which of them were replaced by nothing, and where."""

    variables: Lookup
    problems: Problems
    unset: list[Problem] = field(default_factory=list)
    _interpolation: Interpolation = field(init=False)

    def __post_init__(self) -> None:
        self._interpolation = Interpolation(self._lookup)

    def of(self, node: YamlNode) -> YamlNode:
        """Return the node with the variables in all of its values replaced."""
        return node.replaced(self._replaced)

    def _lookup(self, name: str) -> str | None:
        if name == "COMPOSE_PROJECT_NAME":
            return self.variables(name) or PROJECT
        return HERE if name == "PWD" else self.variables(name)

    def _replaced(self, tree: Tree) -> Tree:
        if "$" not in tree.text:
            return tree
        self._interpolation.unset.clear()
        try:
            text = self._interpolation.apply(tree.text)
        except InterpolationError as error:
            self.problems.add(tree.line, str(error))
            return replace(tree, content="", text="", tag=FAILED)
        names = tuple(dict.fromkeys(self._interpolation.unset))
        for name in names:
            self.unset.append(
                Problem(tree.line, f"`{name}` is not set, and Compose puts nothing in its place")
            )
        return replace(tree, content=text, text=text, is_plain=False, note=_note(names))


def _note(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"`{name}`" for name in names)
    return f"; {listed} {'is' if len(names) == 1 else 'are'} not set" if names else ""
