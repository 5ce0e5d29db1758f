"""Assertions about secrets: canaries in an image, and the key that a student finds in a leaky one."""

import hmac
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from checks.evidence.image.canaries import Canary, Scanner
from checks.evidence.image.image_config import strings_of
from checks.expect.answers import unanswered
from checks.outcomes import CheckFailed
from checks.sanitize import sanitize_line

if TYPE_CHECKING:
    from checks.evidence.image.canaries import Match
    from checks.evidence.image.image import Image
    from checks.parsing.text.yaml_node import YamlNode


LISTED = 10  # places in one message; the rest are counted


def carries_none(image: "Image", names: Collection[str], what: str, help: str) -> None:
    """Assert that no canary of these names is in any layer, in the image config or in the history."""
    found = [match for match in image.matches if match.canary.name in names]
    if found:
        places = list(
            dict.fromkeys(f"the value of {match.canary.name} {_place(match, image)}" for match in found)
        )
        rest = [f"and {len(places) - LISTED} more like these"] if len(places) > LISTED else []
        raise CheckFailed(what, "\n".join([*places[:LISTED], *rest]), help)


def no_files(image: "Image", name: str, folder: str, help: str) -> None:
    """Assert that no layer above the base has a file of this name, or any file in this folder."""
    for layer in image.own_layers:
        for path in layer.files:
            if path.startswith(f"{folder}/") or path.rpartition("/")[2] == name.rpartition("/")[2]:
                actual = f"`{sanitize_line(path)}` in the layer of `{sanitize_line(layer.created_by)}`"
                raise CheckFailed("an image without a model", actual, help)


def shows_none(key: str, views: Iterable[tuple[str, object]], what: str, help: str) -> None:
    """Assert that the key is in none of these views, which are pairs of a command and its output."""
    scanner = Scanner([Canary("the API key", key.encode())])
    for command, view in views:
        for match in scanner.in_document(strings_of(view, ""), "config"):
            place = f" at `{match.path.lstrip('.')}`" if match.path else ""
            raise CheckFailed(what, f"`{command}` shows it{place}{_encoded(match)}", help)


def _place(match: "Match", image: "Image") -> str:
    if match.where == "config":
        return f"is in the image's configuration, at `{sanitize_line(match.path)}`{_encoded(match)}"
    if match.where == "history":
        return f"is in the image's history, at `{sanitize_line(match.path)}`{_encoded(match)}"
    layer = image.layers[match.where]
    where = f"`{sanitize_line(match.path)}`" if match.path else "the archive"
    return f"is in {where}{_encoded(match)}, in the layer of `{sanitize_line(layer.created_by)}`"


def _encoded(match: "Match") -> str:
    return "" if match.encoding == "raw" else f" ({match.encoding})"


def _normal_place(text: str) -> str:
    """Remove a leading `./` or `/` from a path: `tar t` lists paths with `./` or without a slash."""
    return text.removeprefix("./").removeprefix("/")


def leak_found(answers: "YamlNode", expected: Mapping[str, str], target: str) -> None:
    """Assert that each answer matches the leaky image; the message does not reveal the right one."""
    for key, value in expected.items():
        node = answers.get(key)
        given = "" if node is None or node.value is None else str(node.value).strip()
        if hmac.compare_digest(_normal_place(given).encode(), _normal_place(value).encode()):
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
