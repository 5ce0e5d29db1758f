"""Build a tree from YAML events, within limits on nodes, depth, duplicate keys, tags and aliases."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import yaml

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_keys import is_text, refuse_long, refuse_twice
from checks.parsing.text.yaml_node import Entry, Tree
from checks.parsing.text.yaml_scalars import plain_scalar, size_of, tagged_scalar

MAX_NODES = 10_000  # with every alias expanded
MAX_DEPTH = 64  # nested mappings and lists, also through aliases
MAX_DOCUMENTS = 100

YAML = (1, 1)  # the version that Compose's parser accepts
_CORE = "tag:yaml.org,2002:"
_MERGE = "<<"


class TreeBuilder:
    """Build the trees of one file from its events, each with its line. Raises `ParseError`.

    With `local_tags`, tags that begin with one `!` are accepted and kept.
    """

    def __init__(
        self,
        events: Iterator[tuple[yaml.Event, int]],
        *,
        allow_aliases: bool,
        local_tags: bool,
    ) -> None:
        self._events = events
        self._allow_aliases = allow_aliases
        self._local_tags = local_tags
        self._anchors: dict[str, Tree] = {}
        self._nodes = 0

    def document(self) -> Tree:
        """Return the only document; an empty one if the file has none."""
        return self._documents(most=1)[0]

    def documents(self) -> tuple[Tree, ...]:
        """Return all documents; one empty document if the file has none."""
        return self._documents(most=MAX_DOCUMENTS)

    def _documents(self, most: int) -> tuple[Tree, ...]:
        trees = list[Tree]()
        for event, line in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                if len(trees) == most:
                    raise ParseError(_one_too_many(most), line)
                if self._local_tags and event.version not in {None, YAML}:
                    raise ParseError("the directive `%YAML` names another version than 1.1", line)
            elif isinstance(event, yaml.NodeEvent):
                trees.append(self._node(event, line, depth=1))
        return tuple(trees) or (Tree(None, 1),)

    def _node(self, event: yaml.Event, line: int, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise ParseError(f"it is nested more than {MAX_DEPTH} deep", line)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), line, depth)
        self._count(1, line)
        anchor = event.anchor if isinstance(event, yaml.NodeEvent) else None
        if anchor is None:
            return self._written_node(event, line, depth)
        self._anchors.pop(anchor, None)  # inside the node, its own anchor is not complete
        self._anchors[anchor] = tree = self._written_node(event, line, depth)
        return tree

    def _written_node(self, event: yaml.Event, line: int, depth: int) -> Tree:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(self._collection_tag(event, "seq", line), line, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(self._collection_tag(event, "map", line), line, depth)
        raise ParseError("a value was expected here", line)

    def _count(self, nodes: int, line: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise ParseError(
                f"it has more than {MAX_NODES} values, counting what its aliases stand for", line
            )

    def _alias(self, name: str, line: int, depth: int) -> Tree:
        if not self._allow_aliases:
            raise ParseError(f"the alias `*{name[:80]}` is not accepted here; write the value out", line)
        tree = self._anchors.get(name)
        if tree is None:
            raise ParseError(f"the alias `*{name[:80]}` has no anchor that is complete before it", line)
        if depth + tree.height - 1 > MAX_DEPTH:
            raise ParseError(f"it is nested more than {MAX_DEPTH} deep, through `*{name[:80]}`", line)
        self._count(tree.size, line)
        return tree

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Tree:
        text, tag = event.value, event.tag
        if not text.isprintable():
            _refuse_surrogates(text, line)
        size = size_of(text)
        if self._is_local(tag):
            return Tree(plain_scalar(text, line) if event.style is None else text, line, text, tag, size)
        if tag is not None:
            return Tree(tagged_scalar(tag, text, line), line, text, size=size)
        is_plain = event.implicit[0]
        return Tree(plain_scalar(text, line) if is_plain else text, line, text, size=size, is_plain=is_plain)

    def _is_local(self, tag: str | None) -> bool:
        return self._local_tags and tag is not None and tag.startswith("!") and tag != "!"

    def _collection_tag(self, event: yaml.CollectionStartEvent, core: str, line: int) -> str | None:
        if event.tag in {None, "!", _CORE + core}:
            return None
        if not self._is_local(event.tag):
            raise ParseError(f"the tag `{event.tag[:80]}` is not accepted here", line)
        return str(event.tag)

    def _sequence(self, tag: str | None, line: int, depth: int) -> Tree:
        elements = list[Tree]()
        for event, at in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            elements.append(self._node(event, at, depth + 1))
        return _grown(tuple(elements), elements, line, tag)

    def _mapping(self, tag: str | None, line: int, depth: int) -> Tree:
        entries = dict[str, Entry]()
        merges = dict[str, Entry]()
        for event, at in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, at)
            value = self._node(*next(self._events), depth + 1)
            is_merge = key == _MERGE and isinstance(event, yaml.ScalarEvent) and event.style is None
            written = merges if is_merge else entries
            refuse_twice(key, written, at)
            written[key] = Entry(at, value, is_text=is_text(event))
        for merge in merges.values():
            _merge(merge, entries)
        return _grown(MappingProxyType(entries), [entry.tree for entry in entries.values()], line, tag)

    def _key(self, event: yaml.Event, line: int) -> str:
        if isinstance(event, yaml.AliasEvent):
            return self._aliased_key(event, line)
        if not isinstance(event, yaml.ScalarEvent):
            raise ParseError("a key must be plain text, not a list or a mapping", line)
        if event.tag not in {None, "!", _CORE + "str"}:
            raise ParseError("a key must be plain text, without a tag", line)
        text = str(event.value)
        if not text:
            raise ParseError("a key is missing before the colon", line)
        refuse_long(text, line)
        _refuse_surrogates(text, line)
        self._count(1, line)
        if event.anchor is not None:
            self._anchors[event.anchor] = Tree(text, line, text)
        return text

    def _aliased_key(self, event: yaml.AliasEvent, line: int) -> str:
        tree = self._alias(str(event.anchor), line, depth=1)
        if not isinstance(tree.content, str) or not tree.content:
            raise ParseError("a key must be plain text, and this alias stands for something else", line)
        refuse_long(tree.content, line)
        return tree.content


def _one_too_many(most: int) -> str:
    if most == 1:
        return "a second document begins here (`---`); only one is accepted"
    return f"more than {most} documents (`---`)"


def _grown(
    content: tuple[Tree, ...] | Mapping[str, Entry], children: list[Tree], line: int, tag: str | None
) -> Tree:
    size = 1 + sum(child.size for child in children) + (len(children) if isinstance(content, Mapping) else 0)
    height = 1 + max((child.height for child in children), default=0)
    return Tree(content, line, tag=tag, size=size, height=height)


def _merge(merge: Entry, entries: dict[str, Entry]) -> None:
    """Add the entries that `<<` merges: the mapping's own keys win, then those of the earlier source."""
    for source in merge.tree.elements or (merge.tree,):
        if not isinstance(source.content, Mapping) and source.content != ():
            raise ParseError("`<<` merges a mapping or a list of mappings, and this is neither", merge.line)
        for key, entry in source.entries.items():
            entries.setdefault(key, entry)


def _refuse_surrogates(text: str, line: int) -> None:
    # An escape such as "\uD800" makes half a character, which files and terminals cannot encode.
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ParseError("half a character (a lone surrogate) is written here as an escape", line)
