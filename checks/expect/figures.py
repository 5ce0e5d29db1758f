"""A student's figures beside the measured ones, where they teach and do not grade."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.evidence.image.figures import MEGA, megabytes
from checks.outcomes import CheckFailed
from checks.parsing.text.problems import ParseError

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence
    from checks.parsing.text.yaml_node import YamlNode

ANSWERS = "answers.yaml"


def beside(evidence: "LabEvidence", sizes: Mapping[str, int]) -> str:
    """One row a Dockerfile: the size of its image, and what `answers.yaml` has under the lab's `answer`."""
    answers, asked = _answers(evidence), evidence.lab.value("images")
    rows = ((name, size, _figure(answers, str(asked[name]["answer"]))) for name, size in sizes.items())
    width = max(map(len, sizes), default=0)
    return "\n".join(f"{name:<{width}}  {size / MEGA:7.1f} MB  {figure}" for name, size, figure in rows)


def _answers(evidence: "LabEvidence") -> "YamlNode | None":
    """None when there is nothing to read: that is nobody's fault here."""
    try:
        return evidence.answers(ANSWERS)
    except (CheckFailed, ParseError):
        return None


def _figure(answers: "YamlNode | None", key: str) -> str:
    node = answers.get(key) if answers is not None else None
    figure = megabytes(node.value) if node is not None else None
    return "(no figure of yours)" if figure is None else f"(you read {figure:g} MB)"
