"""Refuse a project that could reach or exhaust the grading machine, naming the line that asks for it."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.engine.project.counts import LIMITS as PROJECT
from checks.engine.project.document import Document
from checks.engine.project.hazards import Hazard
from checks.outcomes import CheckFailed
from checks.parsing.compose import Compose
from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_file import parse_yaml
from checks.parsing.text.yaml_node import YamlNode
from checks.sanitize import sanitize_line

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

SAFE = "a Compose file that keeps to its own folder, to its own network and to the grader's limits"
UNSAFE_HELP = (
    "The grader boots no project that could reach or exhaust the machine it runs on. Leave this out; the README of "
    "the lab says of each key what becomes of it."
)


def refuse_volumes(evidence: "LabEvidence", count: int) -> None:
    """Raise `CheckFailed` for images that declare more volumes than the limit."""
    if count > PROJECT.volumes:
        file = evidence.path_of(evidence.lab.dockerfile)
        raise CheckFailed(SAFE, PROJECT.sentence("volumes", count), UNSAFE_HELP, file=file)


def refuse(evidence: "LabEvidence", compose: Compose, found: Iterable[Hazard]) -> None:
    """Raise `CheckFailed` for the first hazard, if there is one."""
    for hazard in found:
        raise CheckFailed(
            SAFE,
            sanitize_line(hazard.why),
            UNSAFE_HELP,
            file=evidence.path_of(compose.path),
            line=line_of(compose.node, hazard.path),
        )


def as_node(document: Document, evidence: "LabEvidence", compose: Compose) -> YamlNode:
    """Return the normalised document as a YAML node, so that the same functions can judge it."""
    try:
        return parse_yaml(json.dumps(document).encode(), compose.path, allow_aliases=False)
    except ParseError as error:
        why = sanitize_line(error.message)
        raise CheckFailed(SAFE, why, UNSAFE_HELP, file=evidence.path_of(compose.path)) from None


def line_of(node: YamlNode, path: str) -> int:
    """Return the line of a path, or of its nearest parent: normalising adds keys that the file lacks."""
    line, at = node.line, node
    for part in path.replace("[", ".[").split("."):
        key: str | int = int(part[1:-1]) if part.startswith("[") and part[1:-1].isdecimal() else part
        below = at.get(key)
        if below is None:
            return line
        line = at.key_line(key) if isinstance(key, str) else below.line
        at = below
    return line
