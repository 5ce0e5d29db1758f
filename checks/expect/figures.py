"""Show a student's figures beside the measured ones; they are not graded here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.evidence.image.figures import MEGA, megabytes

if TYPE_CHECKING:
    from checks.parsing.text.yaml_node import YamlNode


def beside(answers: "YamlNode | None", sizes: Mapping[str, int], keys: Mapping[str, str]) -> str:
    """Return a row per Dockerfile: its image's size (given in bytes), and the student's figure, if any."""
    rows = ((name, size, _figure(answers, keys[name])) for name, size in sizes.items())
    width = max(map(len, sizes), default=0)
    return "\n".join(f"{name:<{width}}  {size / MEGA:7.1f} MB  {figure}" for name, size, figure in rows)


def _figure(answers: "YamlNode | None", key: str) -> str:
    node = answers.get(key) if answers is not None else None
    figure = megabytes(node.value) if node is not None else None
    return "(no figure of yours)" if figure is None else f"(you read {figure:g} MB)"
