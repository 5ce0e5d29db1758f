"""Scalars of a YAML file, resolved by YAML 1.2's core schema, without YAML 1.1's surprises.

`yes`, `12:30`, `1_000` and `2026-11-21` are text; `010` is ten. Schema: https://yaml.org/spec/1.2.2/#103-core-schema
"""

import math
import re

from checks.parsing.text.problems import ParseError

Scalar = str | int | float | bool | None

MAX_DIGITS = 64  # digits of a whole number; a longer one is not exact, as in Compose

TEXT_OF_A_NODE = 64  # characters per node; longer text counts as further nodes

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"(?P<decimal>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"decimal": 10, "octal": 8, "hexadecimal": 16}
_CORE = "tag:yaml.org,2002:"


def plain_scalar(text: str, line: int) -> Scalar:
    """Return the value of a scalar without quotes and without a tag. Raises `ParseError`."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    number = _number(text, line)
    return text if number is None else number


def size_of(text: str) -> int:
    """Return how many nodes a scalar counts as: Docker Compose gets a copy of a long text for each alias."""
    return 1 + len(text) // TEXT_OF_A_NODE


def tagged_scalar(tag: str, text: str, line: int) -> Scalar:
    """Return the value of a scalar with an explicit tag of the core schema. Raises `ParseError`."""
    wanted = _TAGGED.get(tag.removeprefix(_CORE))
    if wanted is None:
        raise ParseError(f"the tag `{tag[:80]!s}` is not accepted here; write the value without it", line)
    value = text if wanted is str else plain_scalar(text, line)
    if wanted is float and type(value) is int:
        value = float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ParseError(f"`{text[:80]}` is not what its tag `{tag[:80]}` says", line)
    return value


_TAGGED: dict[str, type] = {
    "!": str,
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "null": type(None),
}


def _number(text: str, line: int) -> int | float | None:
    """Return a number; None for text and for numbers too large for Go: Compose reads `12e4567` as text."""
    if _NOT_FINITE.fullmatch(text):
        raise ParseError(f"`{text}` is no finite number, and nothing can be compared with it", line)
    whole = _INTEGER.fullmatch(text)
    if whole is not None and len(text) <= MAX_DIGITS:
        kind = str(whole.lastgroup)
        return int(whole[kind], _BASES[kind])
    value = float(text) if _FLOAT.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None
