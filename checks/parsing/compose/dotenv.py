"""Parse a `.env` file like Compose: quotes, comments, `export`, multi-line values, variables of its own.

It is not a shell script: nothing is executed, and a name without `=` takes its value from the environment. The
syntax is that of Compose's documentation ("Syntax for environment files"), and where it is silent, of its parser.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from checks.parsing.compose.interpolation import Interpolation, InterpolationError
from checks.parsing.text.decoding import decode
from checks.parsing.text.problems import ParseError

MAX_BYTES = 64 * 1024
MAX_VARIABLES = 1_000

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[^=:\n]*)(?P<end>[=:\n]|\Z)")
_NAME = re.compile(r"[\w.\-\[\]]+")
_ESCAPE = re.compile(r"\\([abfnrtv\\\"'$])")
_IN_SINGLE = re.compile(r"\\(')|\\.", re.DOTALL)  # `\'` is a quote; every other backslash stays
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "$": "$$"}
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
}
_QUOTE_NAMES = {'"': "double", "'": "single"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One line; `value` is None for a name without a value, which comes from the surrounding environment."""

    name: str
    value: str | None
    line: int


@dataclass(frozen=True)  # no slots: cached_property needs a `__dict__`
class DotEnv:
    """A parsed file; `variables` are in order, and the last of several with one name counts."""

    path: str
    variables: tuple[Variable, ...]

    def get(self, name: str) -> str | None:
        """Return the value of a variable; None if it has none here."""
        entry = self.variable(name)
        return entry.value if entry else None

    @property
    def values(self) -> dict[str, str]:
        """The variables that have a value."""
        return {entry.name: entry.value for entry in self.variables if entry.value is not None}

    def variable(self, name: str) -> Variable | None:
        """Return the last line that sets a name; None if no line does."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Variable]:
        return {entry.name: entry for entry in self.variables}


def parse_dotenv(data: bytes, path: str = ".env") -> DotEnv:
    """Parse a `.env` file. Raises only ParseError, with the line."""
    text = "\n".join(decode(data, path=path, max_bytes=MAX_BYTES)).replace("\r\n", "\n").removesuffix("\r")
    return DotEnv(path, tuple(_Reader(text).variables()))


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    known: dict[str, str | None] = field(default_factory=dict)

    def variables(self) -> list[Variable]:
        found: list[Variable] = []
        interpolation = Interpolation(self.known.get)
        while self._skip_to_statement():
            if len(found) == MAX_VARIABLES:
                raise self._error(f"more than {MAX_VARIABLES:,} variables")
            line = self._line()
            name, has_value = self._name()
            try:
                value = self._value(interpolation) if has_value else None
            except InterpolationError as error:
                raise ParseError(str(error), line) from None
            self.known[name] = value
            found.append(Variable(name, value, line))
        return found

    def _skip_to_statement(self) -> bool:
        """Skip blank lines and comments; return False at the end."""
        skipped = re.compile(r"(?:\s+|#[^\n]*)*").match(self.text, self.at)
        self.at = skipped.end() if skipped else self.at
        return self.at < len(self.text)

    def _name(self) -> tuple[str, bool]:
        """Read a name; also return whether a value follows."""
        key = _KEY.match(self.text, self.at)
        assert key is not None
        name = key["name"].strip()
        if not _NAME.fullmatch(name):
            shown = name[:40] or key["end"].strip() or "nothing"
            raise self._error(f"`{shown}` is no name of a variable; a line is `NAME=value`, or a `# comment`")
        self.at = key.end()
        return name, key["end"] in ("=", ":") and key["end"] != ""

    def _value(self, interpolation: Interpolation) -> str:
        blank = re.compile(r"[^\S\n]*").match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        quote = self.text[self.at : self.at + 1]
        if quote in _QUOTED:
            return self._quoted(quote, interpolation)
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        value = self.text[self.at : end].partition(" #")[0].rstrip()
        self.at = end
        return interpolation.apply(value)

    def _quoted(self, quote: str, interpolation: Interpolation) -> str:
        found = _QUOTED[quote].match(self.text, self.at)
        if found is None:
            raise self._error(f"the {_QUOTE_NAMES[quote]} quote that begins here is not closed")
        self.at = found.end()
        if quote == "'":
            return _IN_SINGLE.sub(lambda match: match[1] or match[0], found[1])
        return interpolation.apply(_ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), found[1]))

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _error(self, message: str) -> ParseError:
        return ParseError(message, self._line())
