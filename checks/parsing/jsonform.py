"""The JSON form of RUN, CMD, COPY, ...: `["program", "argument"]`. What does not parse is a shell form."""

import json

from checks.parsing.problems import Refused
from checks.parsing.source import SPACE


def strings(text: str) -> tuple[str, ...] | None:
    """The strings of a JSON array, or None when the text is none (then Docker takes the shell form).

    Raises Refused for an array of something else, as Docker does.
    """
    text = text.strip(SPACE)
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in found):
        raise Refused("a JSON array of an instruction can hold strings only")
    return tuple(_printable(item) for item in found)


def is_json(text: str) -> bool:
    """Whether Docker would take the text for a JSON form, right or wrong."""
    try:
        return strings(text) is not None
    except Refused:
        return True


def _printable(text: str) -> str:
    r"""Replace lone surrogates (`"\ud800"`), as Go does; they cannot be written to any file."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
