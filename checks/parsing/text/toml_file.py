"""Parse a student's TOML with `tomllib`, but raise only ParseError and look up the lines that it does not keep."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name

from checks.parsing.text.decoding import decode
from checks.parsing.text.problems import ParseError

MAX_BYTES = 4_000_000  # the lock file of a large project has one or two million
MAX_PARTS = 64  # parts of one dotted key: tomllib takes quadratic time
# The start of a key of so many parts. Text in a string could look like one, but no text that people write does.
_DOTTED = re.compile(
    rf"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_PARTS}}}"""
)
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
# A key at the start of a line, or a name at the start of a string.
_NAMES = re.compile(r"""(?:^[ \t]*|["'])([A-Za-z0-9][A-Za-z0-9._-]*)""")

# The messages of tomllib, and their meaning in the words of the file's author.
_PLAINLY = {
    "Illegal character '\\n'": "a quote is not closed before the line ends",
    "Unterminated string": "a quote is not closed",
    "Expected newline or end of document after a statement": "more stands behind the value: text needs quotes",
    "Expected '=' after a key in a key/value pair": "a `=` is missing behind the name",
    "Invalid value": "no value that TOML knows: text needs quotes",
    "Invalid statement": "neither a name with a `=` nor a table in brackets",
    "Cannot overwrite a value": "this name has a value already",
    "Unclosed array": "a `]` is missing, or a `,` between two values",
    "Unclosed inline table": "a `}` is missing, or a `,` between two values",
}


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file: `values` as tomllib returns them, `lines` as written; line n is `lines[n - 1]`.

    `names` maps each name in the file, normalised by PEP 503, to its first line.
    """

    path: str
    values: Mapping[str, Any]
    lines: tuple[str, ...]
    names: Mapping[str, int]

    def table(self, *names: str) -> Mapping[str, Any]:
        """Return the table `[a.b.c]`; empty if it is missing or not a table."""
        found: Any = self.values
        for name in names:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def line_of(self, name: str) -> int:
        """Return the first line with this name, in any spelling, as its key or at the start of a string; else 1.

        tomllib keeps no line numbers, so this is the line where a person would look, not a proof.
        """
        return self.names.get(canonicalize_name(name), 1)

    def line_with(self, text: str) -> int:
        """Return the first line that begins with this text; else 1."""
        return next((at for at, line in enumerate(self.lines, start=1) if line.lstrip().startswith(text)), 1)


def _plainly(message: str) -> str:
    return next((said for theirs, said in _PLAINLY.items() if message.startswith(theirs)), message)


def parse_toml(data: bytes, path: str, *, max_bytes: int = MAX_BYTES) -> TomlFile:
    """Parse a whole file. Raises only ParseError: for invalid TOML, and for exceeded limits."""
    lines = tuple(line.removesuffix("\r") for line in decode(data, path=path, max_bytes=max_bytes))
    text = "\n".join(lines)
    if dotted := _DOTTED.search(text):
        line = text.count("\n", 0, dotted.start()) + 1
        raise ParseError(f"{path} has a key of more than {MAX_PARTS} parts", line)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line = int(place[1] or len(lines) or 1) if place else 1
        raise ParseError(f"{path} is no TOML: {_plainly(_PLACE.sub('', message))}", line) from None
    except RecursionError:
        raise ParseError(f"{path} is nested too deeply") from None
    except ValueError:  # Python converts at most 4,300 digits
        raise ParseError(f"{path} has a number with too many digits") from None
    return TomlFile(path, values, lines, _names(lines))


def _names(lines: Sequence[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        for name in _NAMES.findall(line.partition(" #")[0]):
            found.setdefault(canonicalize_name(name), number)
    return found
