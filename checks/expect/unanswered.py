"""A question of answers.yaml that has no answer: what is there in its place."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from checks.expect.basics import ABSENT

if TYPE_CHECKING:
    from checks.parsing.yamlnode import YamlNode


def unanswered(answers: "YamlNode", key: str) -> tuple[str, int]:
    """What is said of it, and the line."""
    node = answers.get(key)
    if node is not None:
        return f"`{key}` is there, and nothing stands behind it", node.line
    slips = get_close_matches(key, list(answers), n=1, cutoff=0.8)
    if slips:
        return f"`{slips[0]}` is there, and not `{key}`", answers.key_line(slips[0])
    return ABSENT, answers.line
