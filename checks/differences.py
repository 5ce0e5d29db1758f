"""Where a lab and other tools differ: `opinions.yaml` in its folder, by the name of a tool's rule.

Each says why the lab asks for what the rule forbids, or does not ask for what it wants, and names the lab's own
check on the matter, if there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from checks.lab import Lab, LabError
from checks.parsing.text.problems import ParseError
from checks.parsing.text.typed import Mistyped, Section, read_as
from checks.parsing.text.yaml_file import parse_yaml

OPINIONS = "opinions.yaml"


@dataclass(frozen=True, kw_only=True)
class Difference(Section):
    """Why the lab differs from a rule; `checks` are the lab's own verdicts on it, by id, if it has any."""

    why: str
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Differences(Section):
    """All of one lab, by the name of the rule."""

    rules: Mapping[str, Difference]


def read_differences(lab: Lab) -> Mapping[str, Difference]:
    """Read them, none if the lab has no such file; raise `LabError`."""
    path, file = lab.folder / OPINIONS, f"{lab.id}/{OPINIONS}"
    if not path.is_file():
        return {}
    try:
        node = parse_yaml(path.read_bytes(), file)
        return read_as(Differences, node, {"rules": node.value}).rules
    except ParseError as error:
        raise LabError(f"{file}:{error.line}: {error.message}") from None
    except Mistyped as mistyped:
        raise LabError(str(mistyped)) from None
