"""Assertions about answers.yaml: every question has an answer, and figures match the measured ones."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from checks.evidence.image.figures import MEGA, is_close, made, megabytes, percent
from checks.expect.basics import ABSENT
from checks.outcomes import CheckFailed

if TYPE_CHECKING:
    from checks.evidence.image.image import Image
    from checks.parsing.text.yaml_node import YamlNode
    from checks.sections import FigureSettings


def unanswered(answers: "YamlNode", key: str) -> tuple[str, int]:
    """Describe a missing answer, and return its line."""
    node = answers.get(key)
    if node is not None:
        return f"`{key}` is there, and nothing stands behind it", node.line
    slips = get_close_matches(key, list(answers), n=1, cutoff=0.8)
    if slips:
        return f"`{slips[0]}` is there, and not `{key}`", answers.key_line(slips[0])
    return ABSENT, answers.line


LOOK = "Build the image, look into it with dive (the README has the command), and write down what it shows."


def figure(answers: "YamlNode", key: str, measured: int, asked: "FigureSettings") -> None:
    """Assert that the answer, in MB, matches `measured`, in bytes, within the lab's tolerance."""
    answer, line = _answer(answers, key)
    given, real = megabytes(answer), measured / MEGA
    if given is None:
        raise _failed(answers, f"`{key}` as a number of MB", f"`{answer}`", line)
    if not is_close(given, real, asked.tolerance_percent, asked.tolerance_mb):
        raise _failed(
            answers, f"`{key}` as dive shows it", f"{given:g} MB, and that is not what the image has", line
        )


def share(answers: "YamlNode", key: str, measured: float, tolerance: float) -> None:
    """Assert that the answer, in percent, matches `measured` (0 to 1) within a tolerance in percent points."""
    answer, line = _answer(answers, key)
    given = percent(answer)
    if given is None:
        raise _failed(answers, f"`{key}` as a number of percent", f"`{answer}`", line)
    if not is_close(given, 100 * measured, 0, tolerance):
        raise _failed(answers, f"`{key}` as dive shows it", f"{given:g} %, and that is not what it has", line)


def largest_layer(answers: "YamlNode", key: str, image: "Image") -> None:
    """Assert that the answer is the instruction that made the largest layer, or an equally large one."""
    answer, line = _answer(answers, key)
    size = max(layer.size for layer in image.layers)
    if not any(made(str(answer), layer) for layer in image.layers if layer.size == size):
        raise _failed(answers, "the instruction that made the largest layer", f"`{answer}`", line)


def _answer(answers: "YamlNode", key: str) -> tuple[object, int]:
    node = answers.get(key)
    if node is None or node.value is None:
        said, line = unanswered(answers, key)
        raise _failed(answers, f"an answer to `{key}`", said, line)
    return node.value, node.line


def _failed(answers: "YamlNode", expected: str, actual: str, line: int) -> CheckFailed:
    return CheckFailed(expected, actual, LOOK, file=answers.file, line=line)
