"""Keys of YAML's mappings: which are text, and that none is there twice."""

from collections.abc import Mapping

import yaml

from checks.parsing.errors import ParseError
from checks.parsing.yamlnode import Entry
from checks.parsing.yamlscalars import plain_scalar


def is_text(event: yaml.Event) -> bool:
    """Whether a key is text to YAML, and no number, `true` or `null`."""
    if not isinstance(event, yaml.ScalarEvent) or event.style is not None or event.tag is not None:
        return True
    try:
        return isinstance(plain_scalar(event.value, 1), str)
    except ParseError:  # a number, and one too long
        return False


def refuse_twice(key: str, entries: Mapping[str, Entry], line: int) -> None:
    """Raise `ParseError` for a key that the mapping has already."""
    if key in entries:
        raise ParseError(f"`{key[:80]}` is given twice, in lines {entries[key].line} and {line}", line)
