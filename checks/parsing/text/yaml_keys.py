"""Checks of the keys of YAML mappings: whether a key is text, a duplicate or too long."""

from collections.abc import Mapping

import yaml

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_node import Entry
from checks.parsing.text.yaml_scalars import plain_scalar

MAX_KEY = 1_024  # characters; after `?` or from an alias a key could be longer, and it is in all paths below


def is_text(event: yaml.Event) -> bool:
    """Return whether YAML reads a key as text, not as a number, `true` or `null`."""
    if not isinstance(event, yaml.ScalarEvent) or event.style is not None or event.tag is not None:
        return True
    try:
        return isinstance(plain_scalar(event.value, 1), str)
    except ParseError:  # a number that is not finite
        return False


def refuse_twice(key: str, entries: Mapping[str, Entry], line: int) -> None:
    """Raise `ParseError` for a key that the mapping already has."""
    if key in entries:
        raise ParseError(f"`{key[:80]}` is given twice, in lines {entries[key].line} and {line}", line)


def refuse_long(key: str, line: int) -> None:
    """Raise `ParseError` for a key that is longer than YAML allows on one line."""
    if len(key) > MAX_KEY:
        raise ParseError(f"a key of {len(key):,} characters; at most {MAX_KEY:,} are accepted", line)
