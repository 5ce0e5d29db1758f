"""Read JSON that a program wrote into frozen dataclasses, by pydantic, within limits on bytes and nesting.

A student hands the file in, so its types are checked as if a person had written it. Keys that a dataclass does not
have are ignored, since the next version of the program may write more. A list stops at its first fault: a file of
a million faults must not become a message of a million lines.
"""

import codecs
import re
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, ConfigDict, FailFast, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from checks.parsing.text.problems import ParseError
from checks.sanitize import sanitize_line

T = TypeVar("T")
MAX_BYTES: Final = 16 * 1024 * 1024  # of a program's output; what is handed in has a lower limit of its own
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE = re.compile(r" at line (?P<line>\d+) column \d+$")


MAX_PAIRS: Final = 10_000  # of a mapping, whose faults are all collected


def _listed(value: object) -> object:
    return () if value is None else value


def _mapped(value: object) -> object:
    if isinstance(value, dict) and len(value) > MAX_PAIRS:
        raise ValueError(f"has more than {MAX_PAIRS:,} keys")
    return {} if value is None else value


# Go writes `null` for a list or a mapping without elements.
Listed = Annotated[tuple[T, ...], FailFast(), BeforeValidator(_listed)]
Mapped = Annotated[dict[str, T], BeforeValidator(_mapped)]


def keys(written: Callable[[str], str]) -> ConfigDict:
    """Return the configuration of a dataclass whose keys a function makes of the names of its fields."""
    return ConfigDict(extra="ignore", alias_generator=written)


def read_json(kind: type[T], data: bytes, path: str) -> T:
    """Read a whole file, whose content is an object; `path` is its name for messages. Raises ParseError."""
    if len(data) > MAX_BYTES:
        raise ParseError(f"{path} has {len(data):,} bytes; more than {MAX_BYTES:,} are not read")
    if data.startswith(_UTF16):
        raise ParseError(f"{path} is UTF-16, as some shells write with `>`: use the program's own `--output`")
    try:
        return TypeAdapter(kind).validate_json(data.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=True)[0]
    raise _worded(first, path)


def _worded(error: ErrorDetails, path: str) -> ParseError:
    if error["type"] == "json_invalid":
        why = str(error["ctx"]["error"])
        found = _LINE.search(why)
        line = int(found["line"]) if found else 1
        return ParseError(f"{path} is no JSON: {_LINE.sub('', why)}", line)
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    where = f"`{sanitize_line(place.removeprefix('.'))}` of {path}" if place else path
    if error["type"] == "missing":
        return ParseError(f"{where} is missing")
    fault = error["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return ParseError(f"{where} is {_kind(error['input'])}, and {fault}")


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
