"""Keys of YAML's mappings: which are text, and that none is there twice or too long."""

from collections.abc import Mapping

import yaml

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_node import Entry
from checks.parsing.text.yaml_scalars import plain_scalar

MAX_KEY = 1_024  # characters: behind `?` or an alias one may be longer, and is in the path of all below


def is_text(event: yaml.Event) -> bool:
    """Whether a key is text to YAML, and no number, `true` or `null`."""
    if not isinstance(event, yaml.ScalarEvent) or event.style is not None or event.tag is not None:
        return True
    try:
        return isinstance(plain_scalar(event.value, 1), str)
    except ParseError:  # a number that is not finite
        return False


def refuse_twice(key: str, entries: Mapping[str, Entry], line: int) -> None:
    """Raise `ParseError` for a key that the mapping has already."""
    if key in entries:
        raise ParseError(f"`{key[:80]}` is given twice, in lines {entries[key].line} and {line}", line)


def refuse_long(key: str, line: int) -> None:
    """Raise `ParseError` for a key that is longer than YAML lets it be on one line."""
    if len(key) > MAX_KEY:
        raise ParseError(f"a key of {len(key):,} characters; at most {MAX_KEY:,} are accepted", line)
