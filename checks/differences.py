"""Where a lab and other tools differ: `opinions.yaml` in its folder, by the name of a tool's rule.

Each says why the lab asks for what the rule forbids, or does not ask for what it wants, and names the lab's own
check on the matter, if there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from checks.beside_lab import read_beside
from checks.lab import Lab
from checks.parsing.text.typed import Section

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
    found = read_beside(lab, OPINIONS, Differences, "rules")
    return found.rules if found else {}
