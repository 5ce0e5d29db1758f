"""Checks of the keys of YAML mappings: whether a key is text, a duplicate or too long."""

import re
from collections.abc import Mapping
from datetime import date

import yaml

from checks.parsing.text.problems import ParseError
from checks.parsing.text.yaml_node import Entry
from checks.parsing.text.yaml_scalars import plain_scalar

MAX_KEY = 1_024  # characters; after `?` or from an alias a key could be longer, and it is in all paths below


LEAP_YEAR = 2000  # as the year 0 is, which Python does not know
_TIME = r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?"
_DATE = re.compile(
    rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})(?:[Tt]{_TIME}(?:Z|[+-]\d\d:\d\d)| {_TIME})?", re.ASCII
)


def is_text(event: yaml.Event) -> bool:
    """Return whether YAML reads a key as text, not as a number, a date, `true` or `null`."""
    if not isinstance(event, yaml.ScalarEvent) or event.style is not None or event.tag is not None:
        return True
    try:
        return isinstance(plain_scalar(event.value, 1), str) and not _is_date(event.value)
    except ParseError:  # a number that is not finite
        return False


def _is_date(text: str) -> bool:
    """Return whether go-yaml, which Compose uses, makes a time of a plain scalar (`allowedTimestampFormats`)."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day, *clock = (int(part) for part in match.groups() if part is not None)
    try:
        date(year or LEAP_YEAR, month, day)
    except ValueError:  # there is no such day
        return False
    return all(part < most for part, most in zip(clock, (24, 60, 60), strict=False))


def refuse_twice(key: str, entries: Mapping[str, Entry], line: int) -> None:
    """Raise `ParseError` for a key that the mapping already has."""
    if key in entries:
        raise ParseError(f"`{key[:80]}` is given twice, in lines {entries[key].line} and {line}", line)


def refuse_long(key: str, line: int) -> None:
    """Raise `ParseError` for a key that is longer than YAML allows on one line."""
    if len(key) > MAX_KEY:
        raise ParseError(f"a key of {len(key):,} characters; at most {MAX_KEY:,} are accepted", line)
