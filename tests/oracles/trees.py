"""Accidents that happen to the tree of a YAML file: values, keys, types, nesting, variables and merges.

A text that is no YAML stays as it is: the accidents of tests/oracles/accidents.py are for those.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.oracles.accidents import Accident, without_lines

VALUES: Sequence[Any] = (
    *(None, True, False, 0, -1, 1.5, 80, 65536, "", "x", "0", "true", "1.5", " x", "8000:8000", "./x:/x"),
    *("10s", "512m", "${A}", "${A:-x}", "${A:-}", "$A", "$$A", "${A:?}", "a=b", "service:api", [], {}, ["x"]),
    *([None], {"x": None}, {"a": "b"}),
)
Change = Callable[[st.DrawFn, Any, Any], Any]
DEEPEST, MOST = 20, 1_000  # of a tree with aliases, which may hold itself
Place = tuple[Any, Any]  # a mapping with one of its keys, or a list with one of its indices


def places(tree: Any) -> list[Place]:
    """Where something stands in the tree, from top to bottom."""
    return list(islice(_places(tree, DEEPEST), MOST))


def _places(tree: Any, depth: int) -> Iterator[Place]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(entries) if depth else ():
        yield tree, key
        yield from _places(value, depth - 1)


def loaded(text: str) -> Any:
    """The tree of a text; None where it has none, or is more than one."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def dumped(tree: Any) -> str:
    """Its text; what stands at two places gets an anchor and an alias, and `<<` merges."""
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1_000)
    return text.replace("'<<':", "<<:")


def of_tree(change: Change) -> Accident:
    """An accident of texts: what stands at one place becomes what `change` makes of it and of another place's."""

    def accident(draw: st.DrawFn, text: str, texts: Sequence[str]) -> str:
        tree = loaded(text)
        here = places(tree)
        if not here:
            return text
        parent, key = draw(st.sampled_from(here))
        there = places(loaded(draw(st.sampled_from(texts)))) or here
        other, name = draw(st.sampled_from(there))
        parent[key] = change(draw, parent[key], other[name])
        return dumped(tree)

    return accident


def _another_value(draw: st.DrawFn, _value: Any, _other: Any) -> Any:
    return draw(st.sampled_from(VALUES))


def _another_part(_draw: st.DrawFn, _value: Any, other: Any) -> Any:
    return other


def _another_type(draw: st.DrawFn, value: Any, _other: Any) -> Any:
    return draw(st.sampled_from((str(value), [value], {"x": value}, {str(value): None})))


def _merged(_draw: st.DrawFn, value: Any, other: Any) -> Any:
    return {**value, "<<": other} if isinstance(value, dict) else value


def _renamed(draw: st.DrawFn, text: str, texts: Sequence[str]) -> str:
    """A key gets the name of one of another file."""
    return _moved(draw, text, texts, keep=False)


def _added(draw: st.DrawFn, text: str, texts: Sequence[str]) -> str:
    """A key of another file comes in with what stands there."""
    return _moved(draw, text, texts, keep=True)


def _moved(draw: st.DrawFn, text: str, texts: Sequence[str], *, keep: bool) -> str:
    tree = loaded(text)
    here = [place for place in places(tree) if isinstance(place[0], dict)]
    there = [
        place for place in places(loaded(draw(st.sampled_from(texts)))) if isinstance(place[0], dict)
    ] or here
    if not here:
        return text
    (parent, key), (other, name) = draw(st.sampled_from(here)), draw(st.sampled_from(there))
    parent[name] = other[name] if keep else parent.pop(key)
    return dumped(copy.deepcopy(tree))


def _lifted(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    """What stands in a mapping takes the place of the mapping."""
    tree = loaded(text)
    deep = [(parent, key) for parent, key in places(tree) if isinstance(parent[key], dict) and parent[key]]
    if not deep:
        return text
    parent, key = draw(st.sampled_from(deep))
    parent[key] = draw(st.sampled_from(list(parent[key].values())))
    return dumped(tree)


def _shared(draw: st.DrawFn, text: str, _texts: Sequence[str]) -> str:
    """What stands at one place stands at another one too, as an alias."""
    tree = loaded(text)
    here = places(tree)
    if not here:
        return text
    (parent, key), (other, name) = draw(st.sampled_from(here)), draw(st.sampled_from(here))
    shared = copy.deepcopy(parent[key])
    parent[key] = other[name] = shared
    return dumped(tree)


OF_TREE: Sequence[Accident] = (
    *(of_tree(change) for change in (_another_value, _another_part, _another_type, _merged)),
    *(_renamed, _added, _lifted, _shared),
)


def without_parts(text: str) -> Iterator[str]:
    """The same without one key or element of its tree; else without one of its lines."""
    count = len(places(loaded(text)))
    for number in range(count):
        tree = loaded(text)
        parent, key = places(tree)[number]
        del parent[key]
        yield dumped(tree)
    yield from without_lines(text)
