"""What a plain scalar of a YAML file means: YAML 1.2's core schema, none of YAML 1.1's surprises.

`yes`, `12:30`, `1_000` and `2026-11-21` are text; `010` is ten. Schema: https://yaml.org/spec/1.2.2/#103-core-schema
"""

import math
import re
from collections.abc import Callable

from checks.parsing.errors import ParseError

Scalar = str | int | float | bool | None

# Far above any size in bytes; Python itself refuses to convert more than 4300 digits, with another error.
MAX_NUMBER_CHARACTERS = 64

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"(?P<decimal>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hexadecimal>[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"decimal": 10, "octal": 8, "hexadecimal": 16}
_CORE = "tag:yaml.org,2002:"


def plain_scalar(text: str, line: int) -> Scalar:
    """The value of a scalar without quotes and without a tag. Raises `ParseError`."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    number = _number(text, line)
    return text if number is None else number


def tagged_scalar(tag: str, text: str, line: int) -> Scalar:
    """The value of a scalar that an explicit tag of the core schema claims. Raises `ParseError`."""
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
    for pattern, convert in _NUMBERS:
        match = pattern.fullmatch(text)
        if match is not None:
            if len(text) > MAX_NUMBER_CHARACTERS:
                why = f"a number of {len(text)} characters; at most {MAX_NUMBER_CHARACTERS} are accepted"
                raise ParseError(why, line)
            return convert(match, line)
    return None


def _integer(match: re.Match[str], _line: int) -> int:
    kind = str(match.lastgroup)
    return int(match[kind], _BASES[kind])


def _float(match: re.Match[str], line: int) -> float:
    value = float(match[0])
    return value if math.isfinite(value) else _not_finite(match, line)


def _not_finite(match: re.Match[str], line: int) -> float:
    raise ParseError(f"`{match[0]}` is no finite number, and nothing can be compared with it", line)


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], int | float]], ...] = (
    (_INTEGER, _integer),
    (_FLOAT, _float),
    (_NOT_FINITE, _not_finite),
)
