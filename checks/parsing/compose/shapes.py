"""The shapes of values in a Compose file: small validators that report problems with their line.

The alternatives of the Compose Specification's JSON schema always differ in their kind (text, a list, a
mapping), so the kind of a value decides which alternative applies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from checks.parsing.compose.interpolation import FAILED
from checks.parsing.text.problems import Problems, suggestion
from checks.parsing.text.yaml_node import YamlNode

EXTENSION = "x-"  # Compose ignores keys with this prefix


class Shape(Protocol):
    """One kind of value, or a choice of several."""

    @property
    def what(self) -> str:
        """The name of the kind for messages: "text", "a list", ..."""

    def takes(self, node: YamlNode) -> bool:
        """Return whether the kind of the node is right; its content does not matter."""

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Report problems of the content of a node whose kind is right."""


def examine(shape: Shape, node: YamlNode, problems: Problems) -> None:
    """Report problems of the node's kind and content, unless its failed interpolation is already reported."""
    if node.tag == FAILED:
        return
    if shape.takes(node):
        shape.check(node, problems)
    else:
        problems.add(node.line, f"{place(node)} should be {shape.what}, and is {_found(node)}{node.note}")


def examine_keys(node: YamlNode, problems: Problems) -> None:
    """Report every key below the node that YAML does not read as text: Compose refuses these keys."""
    for key, line in node.keys_that_are_no_text():
        problems.add(line, f"the key `{key[:60]}` is no text to YAML: write it in quotes")
    below = (
        (child for _, child in node.items()) if node.is_mapping else node.elements() if node.is_list else ()
    )
    for child in below:
        examine_keys(child, problems)


def _found(node: YamlNode) -> str:
    """Return what the file has instead, with a hint if quotes would make it text."""
    if node.is_mapping or node.is_list or node.value is None:
        return node.kind
    shown = f"`{node.text[:60]}`"
    if isinstance(node.value, str):
        return shown if node.text else "empty"
    return f"{node.kind} ({shown}); in quotes it is text"


def place(node: YamlNode) -> str:
    """Return the node's place in the file, for a message."""
    return f"`{node.path or 'the file'}`"


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is not checked."""

    what: str = "anything"

    def takes(self, _node: YamlNode) -> bool:
        """Accept every node."""
        return True

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Report nothing."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose elements all have one shape; with `unique`, duplicate texts are a problem."""

    element: Shape
    what: str = "a list"
    unique: bool = False

    def takes(self, node: YamlNode) -> bool:
        """Accept a list."""
        return node.is_list

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Check each element."""
        seen = set[str]()
        for element in node.elements():
            examine(self.element, element, problems)
            if self.unique and element.text in seen:
                problems.add(element.line, f"{place(node)} has `{element.text[:60]}` twice")
            if not element.is_mapping:
                seen.add(element.text)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with free keys, whose values all have one shape; each key must match `key`."""

    value: Shape
    what: str = "a mapping"
    key: re.Pattern[str] = re.compile(r"(?s).*")

    def takes(self, node: YamlNode) -> bool:
        """Accept a mapping."""
        return node.is_mapping

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Check each key and each value."""
        for key, child in node.items():
            if not self.key.fullmatch(key):
                shown = key[:60]
                problems.add(node.key_line(key), f"`{shown}` is no name here: letters, digits, `.`, `_`, `-`")
            examine(self.value, child, problems)


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with only these keys, unless it `is_open`."""

    keys: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    what: str = "a mapping"
    is_open: bool = False

    def takes(self, node: YamlNode) -> bool:
        """Accept a mapping."""
        return node.is_mapping

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Report unknown and missing keys, and check each value."""
        for key in self.required:
            if key not in node and not _misspelt(key, node, self.keys):
                problems.add(node.line, _missing(key, node))
        for key, child in node.items():
            if key in self.keys:
                examine(self.keys[key], child, problems)
            elif (
                not self.is_open and not key.startswith(EXTENSION) and not problems.full
            ):  # a search for the intended key takes time
                problems.add(node.key_line(key), _unknown(key, node, self.keys))


@dataclass(frozen=True, slots=True)
class Either:
    """The first of these shapes that takes the node."""

    shapes: tuple[Shape, ...]

    @property
    def what(self) -> str:
        """The kinds of all shapes, joined by "or"."""
        return " or ".join(dict.fromkeys(shape.what for shape in self.shapes))

    def takes(self, node: YamlNode) -> bool:
        """Return whether one of the shapes accepts the node."""
        return any(shape.takes(node) for shape in self.shapes)

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Check the node with the first shape that accepts it."""
        next(shape for shape in self.shapes if shape.takes(node)).check(node, problems)


def _misspelt(key: str, node: YamlNode, known: Mapping[str, Shape]) -> bool:
    """Return whether an unknown key of the node is a misspelling of this one, which is reported at its own line."""
    return any(other not in known and suggestion(other, [key]) for other in node)


def _missing(key: str, node: YamlNode) -> str:
    return (
        f"{place(node)} has no `{key}`, and needs one" if node.path else f"there is no `{key}:` in this file"
    )


def _unknown(key: str, node: YamlNode, known: Mapping[str, Shape]) -> str:
    where = f" in {place(node)}" if node.path else " at the top of the file"
    return f"Compose knows no key `{key[:60]}`{where}{suggestion(key, known)}"
