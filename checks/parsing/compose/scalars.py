"""Plain values of a Compose file: which YAML kinds each key accepts, and which spellings Compose parses.

The JSON schema checks the kind (`user: 1000` is not text); Compose's Go code parses the text (`"1e0"`, `".5s"`).
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from checks.parsing.compose.shapes import place
from checks.parsing.compose.values import (
    is_address,
    number_of,
    seconds,
    short_mount,
    short_port,
    size_in_bytes,
)
from checks.parsing.text.problems import Problems
from checks.parsing.text.yaml_node import YamlNode

Number = int | float
PORTS = 65_536

_CLOCK = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?"
_DATE = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    rf"([Tt]{_CLOCK}(Z|[-+][0-9]{{2}}:[0-9]{{2}})| {_CLOCK})?"
)
_TRUTH = re.compile(r"(?i:true|false|yes|no|on|off|y|n)")
_REAL = re.compile(r"[-+]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[-+]?[0-9]{1,20}")
_OCTAL = re.compile(r"[-+]?0{0,40}[0-7]{1,20}")
_COUNT = re.compile(r"\+?[0-9]{1,20}")
_RESTART = re.compile(r"no|always|unless-stopped|on-failure(:[0-9]{1,9})?|")
_PULL = re.compile(r"always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+")
_CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


def _anything(_value: Any) -> bool:
    return True


def _nothing(_text: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Scalar:
    """A plain value of one of `types`; `reads` checks text, `holds` a number; messages name `form` as expected."""

    what: str
    types: tuple[type, ...]
    reads: Callable[[str], bool] = _anything
    holds: Callable[[Number], bool] = _anything
    form: str = ""

    def takes(self, node: YamlNode) -> bool:
        """Return whether the kind of the node is accepted."""
        if node.is_mapping or node.is_list:
            return False
        value = value_of(node)
        if type(value) in self.types:
            return True
        return isinstance(value, str) and str not in self.types and bool(value) and self.reads(value)

    def check(self, node: YamlNode, problems: Problems) -> None:
        """Report a text or a number that is not accepted."""
        value = value_of(node)
        if isinstance(value, int | float) and not isinstance(value, bool):
            fits = self.holds(value)
        else:
            fits = not isinstance(value, str) or self.reads(value)
        if not fits:
            expected, written = self.form or self.what, f"`{node.text[:60]}`" if node.text else "empty"
            problems.add(node.line, f"{place(node)} should be {expected}, and is {written}{node.note}")


def value_of(node: YamlNode) -> object:
    """Return the value as Compose's YAML parser does: `1_000` is a number, and an unquoted date is not text."""
    value = node.value
    if (node.is_plain or type(value) is int) and (number := number_of(node.text)) is not None:
        return number
    return ... if node.is_plain and isinstance(value, str) and _is_date(value) else value


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    try:
        return found is not None and bool(date(*(int(found[part]) for part in ("year", "month", "day"))))
    except ValueError:
        return False


def _address(text: str) -> bool:
    return not text or is_address(text)


def _published(text: str) -> bool:
    return not text or short_port(f"{text}:1", 0) is not None


def _target(text: str) -> bool:
    return _COUNT.fullmatch(text) is not None and 0 < int(text) < PORTS


def _splits(text: str) -> bool:
    """Return whether a shell could split the text into words: all quotes are closed."""
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True


def _host(text: str) -> bool:
    """Return whether the text is `name:address` or `name=address`."""
    name, separator, _ = text.partition("=" if "=" in text else ":")
    return bool(separator and name)


def _mount(text: str) -> bool:
    short = short_mount(text)
    return bool(short.target) and short.is_whole


def _at_least_zero(value: Number) -> bool:
    return value >= 0


TEXT = Scalar("text", (str,))
LABEL = Scalar("text, a number, true or false, or nothing", (str, int, float, bool, type(None)))
OPTION = Scalar("text or a number", (str, int, float))
EXPOSED = Scalar("a port", (str, int))
LOG_OPTION = Scalar("text, a number or nothing", (str, int, float, type(None)))
NOTHING = Scalar("nothing", (type(None),), _nothing)
BOOL = Scalar("true or false", (bool,), lambda text: _TRUTH.fullmatch(text) is not None)
STRICT_BOOL = Scalar("true or false, without quotes", (bool,), _nothing)
BOOL_OR_TEXT = Scalar("true, false or text", (bool, str))
NUMBER = Scalar("a number", (int, float), lambda text: _REAL.fullmatch(text) is not None)
REAL = Scalar("a number", (int, float), _nothing)
WHOLE = Scalar("a whole number", (int,), lambda text: _WHOLE.fullmatch(text) is not None)
MODE = Scalar("an octal number, like `0440`", (int,), lambda text: _OCTAL.fullmatch(text) is not None)
WHOLE_OR_REAL = Scalar("a whole number", (int, float), lambda text: _WHOLE.fullmatch(text) is not None)
COUNT = Scalar(
    "a whole number, not below 0", (int,), lambda text: _COUNT.fullmatch(text) is not None, _at_least_zero
)
RETRIES = Scalar(
    "a number, not below 0", (int, float), lambda text: _COUNT.fullmatch(text) is not None, _at_least_zero
)
PERCENT = Scalar("a number from 0 to 100", (int,), lambda text: _COUNT.fullmatch(text) is not None,
                 lambda value: 0 <= value <= 100)  # fmt: skip  # noqa: PLR2004
OOM_SCORE = Scalar("a number from -1000 to 1000", (int,), lambda text: _WHOLE.fullmatch(text) is not None,
                   lambda value: -1000 <= value <= 1000)  # fmt: skip  # noqa: PLR2004

_SIZE = "a size, like `512m`"
SIZE = Scalar(_SIZE, (str, int, float), lambda text: size_in_bytes(text) is not None)
SIZE_TEXT = Scalar(
    "a size in quotes or with its unit, like `512m`",
    (str,),
    lambda text: size_in_bytes(text) is not None,
    form=_SIZE,
)
SIZE_OR_WHOLE = Scalar(_SIZE, (str, int), lambda text: size_in_bytes(text) is not None)
SIZE_NOT_BELOW_0 = Scalar(_SIZE, (str, int), lambda text: size_in_bytes(text) is not None, _at_least_zero)
DURATION = Scalar("a duration with its unit, like `10s`", (str,), lambda text: seconds(text) is not None)
PORT = Scalar(
    'a port, like `"8000:8000"`',
    (str, int),
    lambda text: short_port(text, 0) is not None,
    lambda value: short_port(str(value), 0) is not None,
)
TARGET = Scalar("a port from 1 to 65535", (int, float), _target, lambda value: 0 < value < PORTS)
ADDRESS = Scalar("text", (str,), _address, form="an address of this machine, like `127.0.0.1`")
PUBLISHED = Scalar(
    'a port, like `8000` or `"8000-8010"`', (str, int), _published, lambda value: 0 <= value < PORTS
)
MOUNT = Scalar("text", (str,), _mount, form="a mount, like `./here:/there:ro`")
HOST = Scalar("text", (str,), _host, form='a name and its address, like `"db:10.0.0.2"`')
COMMAND_TEXT = Scalar("text", (str,), _splits, form="a command whose quotes are closed")
CONTAINER_NAME = Scalar("text", (str,), lambda text: _CONTAINER.search(text) is not None and " " not in text,
                        form="a name of two or more letters, digits, `_`, `.` or `-`")  # fmt: skip
PULL_POLICY = Scalar("text", (str,), lambda text: _PULL.search(text) is not None,
                     form="`always`, `never`, `missing`, `build`, `daily`, `weekly` or `every_12h`")  # fmt: skip
RESTARTS = Scalar(
    "text",
    (str,),
    lambda text: _RESTART.fullmatch(text) is not None,
    form='one of `"no"`, `always`, `on-failure`, `on-failure:3`, `unless-stopped`',
)


def one_of(*words: str) -> Scalar:
    """Return a scalar that accepts only these words."""
    return Scalar(
        "text", (str,), words.__contains__, form="one of " + ", ".join(f"`{word}`" for word in words)
    )
