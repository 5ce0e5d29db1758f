"""Data files beside a lab: YAML in its folder, read into a dataclass whose one field is the whole file."""

from typing import TypeVar

from checks.lab import Lab, LabError
from checks.parsing.text.problems import ParseError
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml

S = TypeVar("S", bound=Section)


def read_beside(lab: Lab, name: str, kind: type[S], field: str) -> S | None:
    """Read the file of this name, whose content is the field; None without a file. Raises `LabError`."""
    path, file = lab.starter / name, f"{lab.id}/{name}"
    if not path.is_file():
        return None
    try:
        node = parse_yaml(path.read_bytes(), file)
        return read_as(kind, node, {field: node.value})
    except ParseError as error:
        raise LabError(f"{file}:{error.line}: {error.message}") from None
    except Mistyped as mistyped:
        raise LabError(str(mistyped)) from None
