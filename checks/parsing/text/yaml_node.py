"""Values of a YAML file with their lines, so that messages can name them.

A tree is parsed content; a node is a tree at one place in the file. Aliases share a tree but have places of
their own, so a file of aliases takes the memory of its text, not of its expansion.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_scalars import Scalar  # noqa: TC001 - annotations of a dataclass are looked up


@dataclass(frozen=True, slots=True)
class Tree:
    """Parsed content; `size` counts its nodes with every alias expanded, `height` its levels of nesting.

    `is_plain` is true for a scalar without quotes and without a tag. Messages about the tree append `note`.
    """

    content: "Scalar | tuple[Tree, ...] | Mapping[str, Entry]"
    line: int
    text: str = ""
    tag: str | None = None
    size: int = 1
    height: int = 1
    is_plain: bool = False
    note: str = ""

    @property
    def entries(self) -> "dict[str, Entry]":
        """The pairs of a mapping, in a new dict; empty for anything else."""
        return dict(self.content) if isinstance(self.content, Mapping) else {}

    @property
    def elements(self) -> "tuple[Tree, ...]":
        """The elements of a list; empty for anything else."""
        return self.content if isinstance(self.content, tuple) else ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One pair of a mapping; `line` is the key's. `is_text` is false for keys like `1` and `true`."""

    line: int
    tree: Tree
    is_text: bool = True


@dataclass(frozen=True, slots=True)
class YamlNode:
    """One value. `file` is the file's name, `path` the place in it: `services.api.ports[0]`, or empty."""

    file: str
    path: str
    _tree: Tree = field(repr=False)

    @property
    def line(self) -> int:
        """The 1-based line where the value begins; for an alias, the line of its anchor."""
        return self._tree.line

    @property
    def text(self) -> str:
        """The scalar as written, without quotes: `0440` where `value` is 440."""
        return self._tree.text

    @property
    def tag(self) -> str | None:
        """The local tag (`!reset`), if one was accepted."""
        return self._tree.tag

    @property
    def is_plain(self) -> bool:
        """Whether it is a scalar without quotes and without a tag."""
        return self._tree.is_plain

    @property
    def note(self) -> str:
        """The note that messages about it append: which of its variables are not set."""
        return self._tree.note

    @property
    def tree(self) -> Tree:
        """The parsed content without its place."""
        return self._tree

    @property
    def value(self) -> Any:
        """A new copy, made of dicts with text keys, lists, and `str | int | float | bool | None`."""
        return _plain(self._tree)

    @property
    def kind(self) -> str:
        """The kind for messages: "a mapping", "a list", "text", "a whole number", "true or false", "empty"."""
        content = self._tree.content
        if isinstance(content, Mapping):
            return "a mapping"
        if isinstance(content, tuple):
            return "a list"
        return _SCALAR_KINDS[type(content)]

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self._tree.content, Mapping)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self._tree.content, tuple)

    def __getitem__(self, key: str | int) -> "YamlNode":
        """Return the value of a key or the element at an index. Raises ParseError, with this line, if missing."""
        found = self.get(key)
        if found is None:
            raise ParseError(f"`{self.path or self.file}` has no `{key}`", self.line)
        return found

    def get(self, key: str | int) -> "YamlNode | None":
        """Return the same as indexing, but None if it is missing or this is not a mapping (for a key) or list."""
        content = self._tree.content
        if isinstance(key, str) and isinstance(content, Mapping) and key in content:
            return self._below(key, content[key].tree)
        if isinstance(key, int) and isinstance(content, tuple) and 0 <= key < len(content):
            return self._below(key, content[key])
        return None

    def key_line(self, key: str) -> int:
        """Return the line of the key itself, which may differ from its value's. Raises ParseError if missing."""
        content = self._tree.content
        if isinstance(content, Mapping) and key in content:
            return content[key].line
        raise ParseError(f"`{self.path or self.file}` has no `{key}`", self.line)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | int) and self.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of a mapping, in order. Raises ParseError for anything else."""
        return (key for key, _ in self.items())

    def items(self) -> Iterator[tuple[str, "YamlNode"]]:
        """Yield keys and values of a mapping, in order. Raises ParseError for anything else."""
        content = self._tree.content
        if not isinstance(content, Mapping):
            raise ParseError(f"`{self.path or self.file}` should be a mapping, and is {self.kind}", self.line)
        return ((key, self._below(key, entry.tree)) for key, entry in content.items())

    def elements(self) -> Iterator["YamlNode"]:
        """Yield the elements of a list, in order. Raises ParseError for anything else."""
        content = self._tree.content
        if not isinstance(content, tuple):
            raise ParseError(f"`{self.path or self.file}` should be a list, and is {self.kind}", self.line)
        return (self._below(index, tree) for index, tree in enumerate(content))

    def keys_that_are_no_text(self) -> Iterator[tuple[str, int]]:
        """Yield the keys of this mapping that YAML reads as numbers, true, false or null, each with its line."""
        content = self._tree.content
        if isinstance(content, Mapping):
            yield from ((key, entry.line) for key, entry in content.items() if not entry.is_text)

    def replaced(self, text: Callable[[Tree], Tree]) -> "YamlNode":
        """Return a copy with `text` applied to every text value; keys stay unchanged."""
        return YamlNode(self.file, self.path, _replaced(self._tree, text))

    def _below(self, key: str | int, tree: Tree) -> "YamlNode":
        if isinstance(key, int):
            return YamlNode(self.file, f"{self.path}[{key}]", tree)
        return YamlNode(self.file, f"{self.path}.{key}" if self.path else key, tree)


_SCALAR_KINDS: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "empty",
}


def _replaced(tree: Tree, text: Callable[[Tree], Tree]) -> Tree:
    content = tree.content
    if isinstance(content, Mapping):
        entries = {key: replace(entry, tree=_replaced(entry.tree, text)) for key, entry in content.items()}
        return replace(tree, content=entries)
    if isinstance(content, tuple):
        return replace(tree, content=tuple(_replaced(element, text) for element in content))
    return text(tree) if isinstance(content, str) else tree


def _plain(tree: Tree) -> Any:
    if isinstance(tree.content, Mapping):
        return {key: _plain(entry.tree) for key, entry in tree.content.items()}
    if isinstance(tree.content, tuple):
        return [_plain(element) for element in tree.content]
    return tree.content
