"""Wasted bytes and efficiency as dive (v0.13) counts them.

A student reads the answer in dive, so this has dive's rules with their oddities, and tests compare it with dive:

- A path counts in each layer where it has no children: files, links, empty directories.
- A deleted directory counts, in the layer that deletes it, all bytes that the layers below put into it;
  a deleted file counts nothing by itself (its earlier copies count).
- For a path that counts twice or more, **all** its copies are wasted, also the last one.
- Efficiency is the sum of each path's smallest copy over the sum of all copies; 1 for an image without bytes.
- A whiteout of a path that no layer below has ends the count of its layer there, in order of names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from checks.evidence.image.layers import Contents


@dataclass(frozen=True, slots=True)
class Waste:
    """dive's two figures: wasted bytes, and efficiency between 0 and 1."""

    bytes: int
    efficiency: float


@dataclass(slots=True)
class _Node:
    """A path of the stacked layers."""

    size: int = 0
    is_directory: bool = False
    children: "dict[str, _Node]" = field(default_factory=dict)


class _Stack:
    """The layers below, stacked as dive does it: opaque directories hide nothing."""

    def __init__(self) -> None:
        self._root = _Node()
        self._totals: dict[int, int] = {}

    def find(self, path: str) -> _Node | None:
        node: _Node | None = self._root
        for name in path[1:].split("/"):
            node = node.children.get(name) if node else None
        return node

    def add(self, layer: Contents, above: set[str]) -> None:
        """Lay `layer` on top; `above` are the paths that have children in it."""
        self._totals.clear()
        for path in layer.whiteouts:
            self._remove(path)
        undone = {path for path in layer.whiteouts if _before_its_whiteout(path)}
        for path in chain(layer.files, layer.directories, above - layer.files.keys() - layer.directories):
            if not undone or not _within(path, undone):
                self._put(path, layer.files.get(path, 0), is_directory=path in layer.directories)

    def _put(self, path: str, size: int, *, is_directory: bool) -> None:
        node = self._root
        for name in path[1:].split("/"):
            node = node.children.setdefault(name, _Node())
        node.size, node.is_directory = size, is_directory

    def _remove(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        node = self.find(parent) if parent else self._root
        if node:
            node.children.pop(name, None)

    def total(self, top: _Node) -> int:
        """Return the bytes of a node and all below it; cached until the next layer, for nested deletions."""
        pending = [(top, False)]
        while pending:
            node, ready = pending.pop()
            if ready:
                below = sum(self._totals[id(child)] for child in node.children.values())
                self._totals[id(node)] = node.size + below
            elif id(node) not in self._totals:
                pending.append((node, True))
                pending.extend((child, False) for child in node.children.values())
        return self._totals[id(top)]


class _Tally:
    """Sizes by path. Most paths of an image occur once, and need only one number."""

    def __init__(self) -> None:
        self._once: dict[str, int] = {}
        self._often: dict[str, list[int]] = {}  # all copies together, the smallest copy
        self._absent: set[str] = set()

    def count(self, path: str, size: int) -> None:
        if path in self._often:
            together, smallest = self._often[path]
            self._often[path] = [together + size, min(smallest, size)]
        elif path in self._once:
            before = self._once.pop(path)
            self._often[path] = [before + size, min(before, size)]
        else:
            self._once[path] = size

    def count_absent(self, path: str) -> None:
        """Count the deletion of a missing path, which dive records with a smallest copy of -1."""
        self._absent.add(path)

    def waste(self) -> Waste:
        once = sum(self._once.values())
        wasted = sum(together for together, _ in self._often.values())
        smallest = once + sum(smallest for _, smallest in self._often.values())
        smallest -= len(self._absent - self._once.keys() - self._often.keys())
        return Waste(wasted, smallest / (once + wasted) if once + wasted else 1.0)


def dive_waste(layers: Sequence[Contents]) -> Waste:
    """Return dive's figures for these layers, lowest first."""
    tally, stack = _Tally(), _Stack()
    last_deleting = max((index for index, layer in enumerate(layers) if layer.whiteouts), default=-1)
    for index, layer in enumerate(layers):
        above = _parents(layer)
        if index == 0 and layer.whiteouts:
            stack.add(_without_whiteouts(layer), above)  # dive looks them up in the layer itself
        _count_layer(layer, above, stack, tally)
        if index < last_deleting:
            stack.add(layer, above)
    return tally.waste()


def _count_layer(layer: Contents, above: set[str], stack: _Stack, tally: _Tally) -> None:
    deleted = {path: stack.find(path) for path in layer.whiteouts}
    absent = [path for path, node in deleted.items() if node is None]
    end = min(map(_whiteout_order, absent)) if absent else None
    for path, size in _leaves(layer, above):
        if end is None or _order(path) < end:
            tally.count(path, size)
    for path, node in deleted.items():
        if end is not None and _whiteout_order(path) > end:
            continue
        if node is None:
            tally.count_absent(path)
        else:
            tally.count(path, stack.total(node) if node.is_directory else 0)


def _leaves(layer: Contents, above: set[str]) -> Iterator[tuple[str, int]]:
    yield from ((path, size) for path, size in layer.files.items() if path not in above)
    yield from (
        (path, 0)
        for path in layer.directories | layer.opaque - layer.files.keys() - {"/"}
        if path not in above
    )


def _parents(layer: Contents) -> set[str]:
    parents: set[str] = set()
    for path in chain(layer.files, layer.directories, layer.whiteouts, layer.opaque):
        end = path.rfind("/")
        while end > 0 and (parent := path[:end]) not in parents:
            parents.add(parent)
            end = path.rfind("/", 0, end)
    return parents


def _without_whiteouts(layer: Contents) -> Contents:
    return Contents(layer.files, layer.directories, frozenset(), layer.opaque, layer.size)


def _order(path: str) -> list[bytes]:
    """Return a sort key for the order in which dive visits paths: by name as bytes, directory by directory."""
    return path.encode("utf-8", "surrogateescape").split(b"/")


def _whiteout_order(path: str) -> list[bytes]:
    parent, _, name = path.rpartition("/")
    return _order(f"{parent}/.wh.{name}")


def _before_its_whiteout(path: str) -> bool:
    """Whether dive, in order of names, meets a path before `.wh.<name>`, and so deletes it again."""
    return _order(path) < _whiteout_order(path)


def _within(path: str, tops: set[str]) -> bool:
    return path in tops or any(path.startswith(f"{top}/") for top in tops)
