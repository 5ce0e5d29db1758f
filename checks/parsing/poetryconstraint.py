"""Poetry's own way to ask for a package: `"0.78.0"`, `"^0.78"`, `{ version = "...", extras = [...] }`.

A bare version means just that one; the grammar is that of Poetry's `parse_constraint`.
"""

import re
from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from checks.parsing.specifiers import Requirement

MAX_SHOWN = 100  # characters of a constraint that is shown
_EXACT = re.compile(r"\s*(?:={1,3}\s*)?([^\s,|<>=!~^*@]+)\s*")
_ELSEWHERE = ("git", "url", "path", "file")


def requirement_of(name: str, constraint: Any, line: int) -> Requirement:
    """One entry of `[tool.poetry.dependencies]`. Never raises; `raw` is `name = constraint`."""
    table = constraint if isinstance(constraint, Mapping) else {"version": constraint}
    version, extras = table.get("version"), table.get("extras")
    shown = version if isinstance(constraint, Mapping) and version else constraint
    named = [extra for extra in extras if isinstance(extra, str)] if isinstance(extras, list) else []
    bracket = f"[{','.join(named)}]" if named else ""
    return Requirement(
        raw=f"{name}{bracket} = {str(shown)[:MAX_SHOWN]}",
        line=line,
        name=canonicalize_name(name),
        extras=frozenset(canonicalize_name(extra) for extra in named),
        specifier=version if isinstance(version, str) else "",
        version=_exact(version) if isinstance(version, str) else "",
        url=next((str(table[key]) for key in _ELSEWHERE if key in table), ""),
        marker=str(table.get("markers") or ""),
    )


def _exact(constraint: str) -> str:
    """The one version that a constraint allows, or nothing."""
    match = _EXACT.fullmatch(constraint)
    try:
        return match[1] if match and Version(match[1]) else ""
    except ValueError:  # no version at all, or a number with more digits than Python converts
        return ""
