"""Read one of our YAML files into a frozen dataclass; report unknown or missing keys and wrong types by line.

pydantic validates; this module rewords its errors in the terms of the file.
"""

import datetime  # noqa: F401, ICN001 - before pydantic: its library in Rust panics if a signal interrupts this
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from checks.parsing.text.problems import Problem, suggestion
from checks.parsing.text.yaml_node import YamlNode

T = TypeVar("T", bound="Section")


class Section:
    """Base class of the dataclasses for YAML mappings: a key that is not a field is an error."""

    __pydantic_config__ = ConfigDict(extra="forbid")


class Mistyped(Exception):  # noqa: N818 - a mistake in the file, not in this program
    """The file does not match the dataclass; `problems` has all reasons, sorted by line."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{file}:{problem.line}: {problem.message}" for problem in problems))
        self.problems = problems


def names_of(kind: type[Section]) -> frozenset[str]:
    """Return the keys that a mapping of this kind may have."""
    return frozenset(field.name for field in fields(kind))  # type: ignore[arg-type]  # subclasses are dataclasses


def read_as(kind: type[T], node: YamlNode, values: Mapping[str, Any]) -> T:
    """Make a dataclass from `values`, the content of `node`; raises `Mistyped`."""
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        problems = tuple(sorted(_problems(kind, node, error.errors(include_url=False))))
    raise Mistyped(node.file, problems)


def _problems(kind: type[Section], node: YamlNode, errors: list[ErrorDetails]) -> Iterator[Problem]:
    for error in errors:
        found, path = _deepest(node, error["loc"])
        yield Problem(_line(node, error["loc"], found), _message(kind, error, found, path))


def _deepest(node: YamlNode, place: tuple[int | str, ...]) -> tuple[YamlNode, str]:
    """Return the innermost value on the path to a place, and that place as people write it."""
    for step in place:
        node = node.get(step) or node
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return node, written.removeprefix(".")


def _line(node: YamlNode, place: tuple[int | str, ...], found: YamlNode) -> int:
    """Return the line of the key for a top-level key, else the line of the value."""
    top = str(place[0])
    return node.key_line(top) if len(place) == 1 and top in node else found.line


def _message(kind: type[Section], error: ErrorDetails, found: YamlNode, path: str) -> str:
    if error["type"] == "missing":
        return f"`{path}` is missing"
    if error["type"] == "unexpected_keyword_argument":
        nearest = suggestion(path, names_of(kind)) if "." not in path else ""
        return f"`{path}` is no setting{nearest}"
    return f"`{path}` is {found.kind}, and {error['msg'].removeprefix('Input ')}"
