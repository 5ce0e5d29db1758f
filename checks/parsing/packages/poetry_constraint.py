"""Parse Poetry's constraints: `"0.78.0"`, `"^0.78"`, `{ version = "...", extras = [...] }`.

A bare version means exactly that one; the grammar is that of Poetry's `parse_constraint`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from checks.parsing.packages.specifiers import Requirement

MAX_SHOWN = 100  # characters of a constraint to show or parse
MINOR = 2  # parts of a version such as 3.8
_EXACT = re.compile(r"\s*(?:={1,2}\s*)?([^\s,|<>=!~^*@]+)\s*")
_EITHER = re.compile(r"\s*\|\|?\s*")
_BOUNDS = re.compile(r"\s*,\s*|(?<=[\d*])\s+")
_BOUND = re.compile(
    r"(?P<operator>[<>=!~]=|[<>^~]|)\s*(?P<version>\d{1,4}(?:\.\d{1,4}){0,2}(?:\.\*)?)", re.ASCII
)
_ELSEWHERE = ("git", "url", "path", "file")


def requirement_of(name: str, constraint: Any, line: int) -> Requirement:
    """Parse one entry of `[tool.poetry.dependencies]`. Never raises; `raw` is `name = constraint`."""
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
        marker=_marker(table),
    )


def _marker(table: Mapping[str, Any]) -> str:
    """Return the marker from `markers`, `python` and `platform`, as Poetry combines them."""
    python, platform = table.get("python"), table.get("platform")
    parts = [
        str(table.get("markers") or ""),
        _of_python(python) if isinstance(python, str) else "",
        f'sys_platform == "{platform}"' if isinstance(platform, str) and platform.isalnum() else "",
    ]
    return " and ".join(f"({part})" for part in parts if part)


def _of_python(constraint: str) -> str:
    """Return `^3.8` or `>=3.7,<4 || 2.7.*` as a marker, or "" if it cannot be parsed."""
    either = [
        [_BOUND.fullmatch(bound) for bound in _BOUNDS.split(part.strip())] for part in constraint.split("||")
    ]
    if len(constraint) > MAX_SHOWN or not all(all(bounds) for bounds in either):
        return ""
    return " or ".join(" and ".join(_compared(bound) for bound in bounds if bound) for bounds in either)


def _compared(bound: re.Match[str]) -> str:
    """Return one bound as a marker; its operator and numbers decide which variable it tests, as in Poetry."""
    operator, version = bound["operator"] or "==", bound["version"]
    numbers = [int(number) for number in version.split(".") if number != "*"]
    exactly = operator in {"<=", ">", "!="} and "*" not in version
    name = (
        "python_full_version"
        if exactly or (len(numbers) > MINOR and "*" not in version)
        else "python_version"
    )
    if operator not in {"^", "~", "~="}:
        padded = ".".join(map(str, [*numbers, 0, 0][:3])) if exactly else version
        return f'{name} {operator} "{padded}"'
    to_major = operator == "^" or len(numbers) == 1 or (operator == "~=" and len(numbers) == MINOR)
    above = [numbers[0] + 1] if to_major else [numbers[0], numbers[1] + 1]
    return f'{name} >= "{version}" and {name} < "{".".join(map(str, above))}"'


def _exact(constraint: str) -> str:
    """Return the one version that a constraint allows, or ""."""
    if len(constraint) > MAX_SHOWN:
        return ""
    allowed = [_only(_BOUNDS.split(part.strip().rstrip(", "))) for part in _EITHER.split(constraint)]
    return allowed[0] if len(set(allowed)) == 1 else ""


def _only(bounds: Sequence[str]) -> str:
    """Return the one version that all bounds allow (`==1.2`, `>=1.2, <=1.2`, `1.2, <2`), or ""."""
    matches = [_EXACT.fullmatch(bound) for bound in bounds]
    named = [match[1] for match in matches if match]
    rest = [bound.strip() for bound, match in zip(bounds, matches, strict=True) if not match]
    try:
        least, most = ({Version(each[2:]) for each in rest if each.startswith(sign)} for sign in (">=", "<="))
        only = {Version(name) for name in named} or least & most
        fits = all(SpecifierSet(",".join(rest)).contains(version, prereleases=True) for version in only)
    except ValueError:  # an invalid version, or more digits than Python converts
        return ""
    return (named or [str(*only)])[0] if len(only) == 1 and fits else ""
