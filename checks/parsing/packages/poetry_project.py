"""What a pyproject.toml asks for, in the form of Poetry 1 (`[tool.poetry]`) or of PEP 621 (`[project]`).

Poetry 2 reads both; where `[project]` lists dependencies, `[tool.poetry.dependencies]` only adds to them
where they come from (https://python-poetry.org/docs/dependency-specification/). Groups are those of
`[tool.poetry.group]`, of its forerunner `dev-dependencies`, and of `[dependency-groups]` (PEP 735).
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
MAX_REQUIREMENTS = 3_000  # that a project asks for, with each group that it includes counted again
MAX_INCLUDES = 50  # groups that one group may take in, directly or not


@dataclass(frozen=True, slots=True)
class Project:
    """`main` is what the service needs; `groups` are all others by normalised name; `file` is the whole."""

    file: TomlFile
    main: tuple[Requirement, ...]
    groups: Mapping[str, tuple[Requirement, ...]]

    @property
    def path(self) -> str:
        """Its name, for messages."""
        return self.file.path

    @property
    def line_of_dependencies(self) -> int:
        """Where a dependency is to be added."""
        found = (
            self.file.line_with(head) for head in ("[tool.poetry.dependencies]", "dependencies", "[project]")
        )
        return next((line for line in found if line > 1), 1)

    def groups_with(self, name: str) -> tuple[str, ...]:
        """The groups, `main` aside, that ask for a package."""
        wanted = canonicalize_name(name)
        return tuple(group for group, asked in self.groups.items() if wanted in {one.name for one in asked})


def parse_project(data: bytes, path: str = "pyproject.toml") -> Project:
    """Read a pyproject.toml. Raises only ParseError."""
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
    """What an install without any group brings; what only an extra asks for is not among it."""
    listed = file.table("project").get("dependencies")
    if listed:
        yield from _specifiers(file, listed)
    else:
        yield from _poetry_table(file, file.table("tool", "poetry", "dependencies"))


def _groups(file: TomlFile) -> Mapping[str, Iterable[Requirement]]:
    """What each group asks for, to be read when somebody does."""
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
    """`name = constraint`, and `name = [constraint, ...]` where it depends on the platform."""
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
    """The entries of a group of PEP 735, those of the groups that it includes too, each group once."""
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
