"""Read a JSON object field by field, so that an error names the field's place in the document."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

_Chosen = TypeVar("_Chosen", bound=str)

LONGEST_QUOTE = 60
"""Characters of a wrong value that a message repeats."""


class Reader:
    """One object of the document with its path; every method raises ValueError for a wrong value."""

    def __init__(self, value: Any, path: str) -> None:
        self._path = path
        if not isinstance(value, dict):
            raise self._wrong("", "an object", value)
        self._object: dict[str, Any] = value

    def has(self, key: str) -> bool:
        """Whether the object has this key, which is not required."""
        return key in self._object

    def only(self, *keys: str, more: tuple[str, ...] = ()) -> None:
        """Raise ValueError unless the object has all of these keys, and no others but some of `more`."""
        missing = [key for key in keys if key not in self._object]
        unknown = [_cut(key) for key in self._object if key not in keys and key not in more]
        if missing:
            raise ValueError(f"{self._path}: `{missing[0]}` is missing")
        if unknown:
            raise ValueError(f"{self._path}: {unknown[0]} is no key of this schema")

    def text(self, key: str) -> str:
        """Return a string."""
        value = self._object[key]
        if not isinstance(value, str):
            raise self._wrong(key, "a string", value)
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a string, or None for null."""
        return None if self._object[key] is None else self.text(key)

    def whole(self, key: str, least: int = 0) -> int:
        """Return a whole number; reject `true` and `1.0`."""
        value = self._object[key]
        if type(value) is not int or value < least:
            raise self._wrong(key, f"a whole number from {least} on", value)
        return value

    def line_or_none(self, key: str) -> int | None:
        """Return a 1-based line number, or None for null."""
        return None if self._object[key] is None else self.whole(key, least=1)

    def seconds(self, key: str) -> float:
        """Return a time in seconds, never negative and never infinite."""
        value = self._object[key]
        if type(value) not in {int, float} or not 0 <= value <= sys.float_info.max:
            raise self._wrong(key, "seconds as a number from 0 on", value)
        return float(value)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._object[key]
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def choice(self, key: str, choices: tuple[_Chosen, ...]) -> _Chosen:
        """Return a string that must be one of the choices."""
        value = self._object[key]
        for choice in choices:
            if choice == value:
                return choice
        raise self._wrong(key, " or ".join(f'"{choice}"' for choice in choices), value)

    def instant(self, key: str) -> str:
        """Return a time in UTC as written: ISO 8601 with a `Z`."""
        value = self.text(key)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo != UTC or not value.endswith("Z"):
            raise self._wrong(key, 'UTC in ISO 8601, such as "2026-11-21T10:00:00Z"', value)
        return value

    def child(self, key: str) -> "Reader":
        """Return the object under the key."""
        return Reader(self._object[key], f"{self._path}.{key}")

    def children(self, key: str) -> Iterator["Reader"]:
        """Yield the objects of the list under the key."""
        values = self._object[key]
        if not isinstance(values, list):
            raise self._wrong(key, "a list", values)
        for index, value in enumerate(values):
            yield Reader(value, f"{self._path}.{key}[{index}]")

    def agrees(self, key: str, written: object, summed: object) -> None:
        """Raise ValueError unless a total of the document equals the sum of its checks."""
        if written != summed:
            raise ValueError(f"{self._path}.{key}: {written} is written, but its checks give {summed}")

    def _wrong(self, key: str, expected: str, value: object) -> ValueError:
        place = f"{self._path}.{key}" if key else self._path
        return ValueError(f"{place}: expected {expected}, found {_cut(value)}")


def _cut(value: object) -> str:
    shown = ascii(value)
    return shown if len(shown) <= LONGEST_QUOTE else f"{shown[:LONGEST_QUOTE]}... (cut here)"
