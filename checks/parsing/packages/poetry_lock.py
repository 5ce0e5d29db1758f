"""A poetry.lock: the versions in it, and whether it was made for a given pyproject.toml.

Poetry writes the SHA-256 of the relevant parts of a pyproject.toml into its lock, and refuses to install if the
two differ. The hash is that of `Locker._get_content_hash` in poetry/packages/locker.py: Poetry 1.0 to 1.8
hash only `[tool.poetry]`; 2.0 adds `[project]`, and 2.3 `[dependency-groups]`, if they exist.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from packaging.utils import canonicalize_name

from checks.parsing.packages.poetry_project import Project
from checks.parsing.text.toml_file import TomlFile, parse_toml

# Without a `[project]`, Poetry hashes these as null if they are missing.
_ALWAYS = ("dependencies", "source", "extras", "dev-dependencies")
_POETRY = (*_ALWAYS, "group")
_PROJECT = ("requires-python", "dependencies", "optional-dependencies")
_GROUPS = "dependency-groups"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock; `versions` are by normalised name (several if they depend on the platform)."""

    file: TomlFile
    versions: Mapping[str, tuple[str, ...]]
    content_hash: str

    @property
    def path(self) -> str:
        """The path of the file, for messages."""
        return self.file.path

    def is_for(self, project: Project) -> bool:
        """Whether its hash fits this pyproject.toml in any release of Poetry."""
        return self.content_hash in content_hashes(project)


def parse_lock(data: bytes, path: str = "poetry.lock") -> Lock:
    """Parse a poetry.lock of any format (1.0 to 2.1). Raises only ParseError."""
    file = parse_toml(data, path)
    packages = file.values.get("package")
    versions: dict[str, list[str]] = {}
    for package in packages if isinstance(packages, list) else []:
        match package:
            case {"name": str(name), "version": str(version)}:
                versions.setdefault(canonicalize_name(name), []).append(version)
    found = {name: tuple(listed) for name, listed in versions.items()}
    return Lock(file, found, str(file.table("metadata").get("content-hash") or ""))


def content_hashes(project: Project) -> frozenset[str]:
    """Return the hashes that releases of Poetry compute for a pyproject.toml; most are equal."""
    poetry = project.file.table("tool", "poetry")
    own = {key: value for key in _PROJECT if (value := project.file.table("project").get(key)) is not None}
    groups = dict(project.file.table(_GROUPS))
    contents = (_first(poetry), _second(poetry, own, {}), _second(poetry, own, groups))
    return frozenset(_hash(content) for content in contents)


def _first(poetry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content that Poetry 1 hashes."""
    return {key: poetry.get(key) for key in _POETRY if key in _ALWAYS or poetry.get(key) is not None}


def _second(
    poetry: Mapping[str, Any], project: Mapping[str, Any], groups: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content that Poetry 2 hashes: as Poetry 1 without `[project]` and groups."""
    if not project and not groups:
        return _first(poetry)
    known = {key: poetry[key] for key in _POETRY if poetry.get(key) is not None}
    parts = {"project": project, _GROUPS: groups}
    return {name: part for name, part in parts.items() if part} | {"tool": {"poetry": known}}


def _hash(content: Mapping[str, Any]) -> str:
    """Hash the JSON that Poetry writes; a value that it cannot write (a date, deep nesting) matches no lock."""
    try:
        return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    except (RecursionError, ValueError):
        return "none"
