"""The dependencies of a pyproject.toml, in the form of Poetry 1 (`[tool.poetry]`) or PEP 621 (`[project]`).

Poetry 2 reads both; if `[project]` lists dependencies, `[tool.poetry.dependencies]` only adds their sources
(https://python-poetry.org/docs/dependency-specification/). Groups are those of `[tool.poetry.group]`, of its
predecessor `dev-dependencies`, and of `[dependency-groups]` (PEP 735).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from packaging.utils import canonicalize_name

from checks.parsing.packages.poetry_constraint import requirement_of
from checks.parsing.packages.specifiers import Requirement, parse_requirement
from checks.parsing.text.problems import ParseError
from checks.parsing.text.toml_file import TomlFile, parse_toml

MAX_BYTES = 256 * 1024  # of a pyproject.toml; people write a few thousand
MAX_REQUIREMENTS = 3_000  # of a project; each inclusion of a group counts again
MAX_INCLUDES = 50  # groups that one group may include, directly or not


@dataclass(frozen=True, slots=True)
class Project:
    """`main` lists what the service needs, `groups` the others by normalised name; `file` is the whole file."""

    file: TomlFile
    main: tuple[Requirement, ...]
    groups: Mapping[str, tuple[Requirement, ...]]

    @property
    def path(self) -> str:
        """The path of the file, for messages."""
        return self.file.path

    @property
    def line_of_dependencies(self) -> int:
        """The line at which a message asks for a new dependency."""
        found = (
            self.file.line_with(head) for head in ("[tool.poetry.dependencies]", "dependencies", "[project]")
        )
        return next((line for line in found if line > 1), 1)

    def groups_with(self, name: str) -> tuple[str, ...]:
        """Return the groups that list a package, except `main`."""
        wanted = canonicalize_name(name)
        return tuple(group for group, asked in self.groups.items() if wanted in {one.name for one in asked})


def parse_project(data: bytes, path: str = "pyproject.toml") -> Project:
    """Parse a pyproject.toml. Raises only ParseError."""
    file = parse_toml(data, path, max_bytes=MAX_BYTES)
    left = iter(range(MAX_REQUIREMENTS))
    main = tuple(_counted(_main(file), left, path))
    groups = {name: tuple(_counted(asked, left, path)) for name, asked in _groups(file).items()}
    return Project(file, main, groups)


def _counted(asked: Iterable[Requirement], left: Iterator[int], path: str) -> Iterator[Requirement]:
    for requirement in asked:
        if next(left, None) is None:
            raise ParseError(f"{path} asks for more than {MAX_REQUIREMENTS:,} packages", requirement.line)
        yield requirement


def _main(file: TomlFile) -> Iterator[Requirement]:
    """Yield the requirements of an install without groups and extras."""
    listed = file.table("project").get("dependencies")
    if listed:
        yield from _specifiers(file, listed)
    else:
        yield from _poetry_table(file, file.table("tool", "poetry", "dependencies"))


def _groups(file: TomlFile) -> Mapping[str, Iterable[Requirement]]:
    """Return the requirements of each group, as lazy iterables."""
    found: dict[str, list[Iterable[Requirement]]] = {}
    for name, group in file.table("tool", "poetry", "group").items():
        table = group.get("dependencies") if isinstance(group, Mapping) else None
        found.setdefault(_named(name), []).append(_poetry_table(file, table))
    legacy = file.table("tool", "poetry", "dev-dependencies")
    if legacy:
        found.setdefault("dev", []).append(_poetry_table(file, legacy))
    groups = file.table("dependency-groups")
    by_name = {_named(group): entries for group, entries in groups.items()}
    for name in by_name:
        found.setdefault(name, []).append(_specifiers(file, _included(by_name, name)))
    return {name: chain.from_iterable(asked) for name, asked in found.items() if name != "main"}


def _poetry_table(file: TomlFile, table: Any) -> Iterator[Requirement]:
    """Yield requirements from `name = constraint` or, if it depends on the platform, `name = [constraint, ...]`."""
    for name, constraint in table.items() if isinstance(table, Mapping) else ():
        if _named(name) == "python":
            continue
        for one in constraint if isinstance(constraint, list) else [constraint]:
            if not (isinstance(one, Mapping) and one.get("optional") is True):
                yield requirement_of(name, one, file.line_of(name))


def _specifiers(file: TomlFile, listed: Any) -> Iterator[Requirement]:
    for text in listed if isinstance(listed, list | Iterator) else []:
        if isinstance(text, str):
            plain = parse_requirement(text)
            yield parse_requirement(text, line=file.line_of(plain.name or text))


def _included(groups: Mapping[str, Any], name: str) -> Iterator[Any]:
    """Yield the entries of a PEP 735 group and of the groups that it includes, each group once."""
    waiting, seen = [name], set[str]()
    while waiting and len(seen) < MAX_INCLUDES:
        group = waiting.pop()
        entries = groups.get(group) if group not in seen else None
        seen.add(group)
        for entry in entries if isinstance(entries, list) else []:
            included = entry.get("include-group") if isinstance(entry, Mapping) else None
            if isinstance(included, str):
                waiting.append(_named(included))
            else:
                yield entry


def _named(name: str) -> str:
    return canonicalize_name(name)
