"""The files in which an instructor says something about a class, and what is wrong with one of them."""

from pathlib import Path
from typing import TypeVar

from checks.parsing.text.problems import ParseError
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml
from checks.parsing.text.yaml_node import YamlNode

T = TypeVar("T", bound=Section)


class ClassFileError(Exception):
    """A file about the class is not as it must be; the message says where, what, and what to do."""


def read_class_file(kind: type[T], path: Path) -> tuple[T, YamlNode]:
    """Read a YAML file into a dataclass, and return its node too, for lines; raise `ClassFileError`."""
    try:
        node = parse_yaml(path.read_bytes(), str(path))
        return read_as(kind, node, node.value), node
    except OSError as error:
        raise ClassFileError(f"{path}: it cannot be read ({error.strerror})") from None
    except ParseError as error:
        raise ClassFileError(f"{path}:{error.line}: {error.message}") from None
    except Mistyped as mistyped:
        raise ClassFileError(str(mistyped)) from None


def line_in(node: YamlNode, *place: str | int) -> int:
    """Return the line of a value inside the file; that of its nearest parent where it was left out."""
    for step in place:
        node = node.get(step) or node
    return node.line
