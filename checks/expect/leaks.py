"""Assertions about what a student found in an image that leaks."""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.expect.failure import CheckFailed
from checks.expect.unanswered import unanswered

if TYPE_CHECKING:
    from checks.parsing.yamlnode import YamlNode


def _place(text: str) -> str:
    """A path is the same with and without the slash at its beginning, or `./`: `tar t` lists it so."""
    return text.removeprefix("./").removeprefix("/")


def leak_found(answers: "YamlNode", expected: Mapping[str, str], target: str) -> None:
    """Each answer is what the leaky image has; a wrong one is not corrected."""
    for key, value in expected.items():
        node = answers.get(key)
        given = "" if node is None or node.value is None else str(node.value).strip()
        if hmac.compare_digest(_place(given).encode(), _place(value).encode()):
            continue
        actual, line = unanswered(answers, key)
        if node is not None and given:
            actual, line = f"`{given}`, and that is not it", node.line
        raise CheckFailed(
            f"`{key}` as the leaky image has it",
            actual,
            f"`make leaky{target}` builds it. Look with `docker inspect`, `docker history --no-trunc` and "
            "`docker save`: what a layer deleted is still in the layer below.",
            file=answers.file,
            line=line,
        )
