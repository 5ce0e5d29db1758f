"""The parser directives at the head of a Dockerfile: `# syntax=`, `# escape=`, `# check=`.

They end at the first line that is none of them: a blank line or an ordinary comment makes what looks like
a directive below it an ordinary comment too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.parsing.problems import Problems
from checks.parsing.source import SPACE

_NAMES = frozenset({"syntax", "escape", "check"})
_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[{SPACE}]*=[{SPACE}]*([^{SPACE}].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """One parser directive; `name` is in lower case, `line` is 1-based."""

    name: str
    value: str
    line: int


def read_directives(lines: Sequence[str], problems: Problems) -> Mapping[str, Directive]:
    """Read the directives at the head of the file, by name; the first of a name counts."""
    found: dict[str, Directive] = {}
    for number, line in enumerate(lines, 1):
        match = _DIRECTIVE.match(line.lstrip(SPACE))
        if match is None or match[1].lower() not in _NAMES:
            break
        directive = Directive(match[1].lower(), match[2].strip(SPACE), number)
        if directive.name in found:
            problems.add(number, f"only one {directive.name} directive can be used")
        found.setdefault(directive.name, directive)
    return found


def escape_character(directives: Mapping[str, Directive], problems: Problems) -> str:
    r"""Return the escape in force: "\" unless `# escape=` says "`"."""
    directive = directives.get("escape")
    if directive is None or directive.value in {"\\", "`"}:
        return directive.value if directive else "\\"
    problems.add(directive.line, f"invalid escape `{directive.value}`: only \\ and ` can be")
    return "\\"
