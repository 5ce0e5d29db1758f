"""The state before an instruction: the image config so far, and the variables in force.

Each ENV makes a new scope, and every instruction keeps the scope before it. Copies of a dict would need quadratic
memory, so a scope is a tree of tuples, and an assignment copies only one path of it.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, Self, TypeVar

_BITS = 4
_WIDTH = 1 << _BITS
_LEVELS = 5  # room for 2**20 names: one for each byte that a file may have
_EMPTY: "_Node" = (None,) * _WIDTH

K = TypeVar("K")
T_co = TypeVar("T_co", covariant=True)
_Node = tuple["_Node | Setting[str] | None", ...]


class Provenance(Protocol):
    """The instruction that made a setting; scopes know only its line."""

    @property
    def line(self) -> int:
        """The 1-based line."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A value in force, and the instruction that set it."""

    value: T_co
    instruction: Provenance

    @property
    def line(self) -> int:
        """The 1-based line of the instruction that set it."""
        return self.instruction.line


class Scope(Mapping[str, str]):
    """An immutable mapping of names to values. Looking up and assigning take constant time."""

    __slots__ = ("_count", "_numbers", "_root")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # shared by all scopes made from this one; it only grows
        self._root: _Node = _EMPTY
        self._count = 0

    def assign(self, name: str, setting: Setting[str]) -> "Scope":
        """Return a scope in which `name` has this setting."""
        changed = Scope()
        changed._numbers = self._numbers
        changed._count = self._count + (name not in self)
        number = self._numbers.setdefault(name, len(self._numbers))
        changed._root = _assigned(self._root, number, _LEVELS - 1, setting)
        return changed

    def copied(self) -> "Scope":
        """Return a copy; later assignments to it add neither settings nor names to this scope."""
        copy = Scope()
        copy._numbers = dict(self._numbers)
        copy._root, copy._count = self._root, self._count
        return copy

    def __getitem__(self, name: str) -> str:
        setting = self.setting(name)
        if setting is None:
            raise KeyError(name)
        return setting.value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.setting(name) is not None

    def setting(self, name: str) -> Setting[str] | None:
        """Return the value with the instruction that set it, or None."""
        number = self._numbers.get(name)
        node: _Node | Setting[str] | None = self._root if number is not None else None
        for level in reversed(range(_LEVELS)):
            if not isinstance(node, tuple):
                break
            node = node[(number or 0) >> level * _BITS & _WIDTH - 1]
        return node if isinstance(node, Setting) else None

    def __iter__(self) -> Iterator[str]:
        return (name for name in list(self._numbers) if name in self)

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)})"


def _assigned(node: _Node, number: int, level: int, setting: Setting[str]) -> _Node:
    slot = number >> level * _BITS & _WIDTH - 1
    below = node[slot]
    if level == 0:
        replaced: _Node | Setting[str] = setting
    else:
        replaced = _assigned(below if isinstance(below, tuple) else _EMPTY, number, level - 1, setting)
    return (*node[:slot], replaced, *node[slot + 1 :])


DEFAULT_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True, slots=True)
class State:
    """The settings that instructions of this file make; those of the base image are unknown."""

    base: str = ""  # the image at the end of the chain of FROMs
    environment: Scope = field(default_factory=Scope)
    arguments: Scope = field(default_factory=Scope)
    labels: Scope = field(default_factory=Scope)
    ports: Scope = field(default_factory=Scope)  # by "8000/tcp"
    volumes: Scope = field(default_factory=Scope)
    files: Scope = field(default_factory=Scope)  # those with the text of a heredoc, by absolute path
    user: Setting[str] | None = None
    workdir: Setting[str] | None = None
    stop_signal: Setting[str] | None = None
    entrypoint: Provenance | None = None
    cmd: Provenance | None = None
    cmd_is_own: bool = False  # set in this stage: an ENTRYPOINT clears an inherited CMD only
    healthcheck: Provenance | None = None
    shell_setting: Setting[tuple[str, ...]] | None = None
    made_users: Provenance | None = None  # the last RUN that may have made a user

    @property
    def shell(self) -> tuple[str, ...]:
        """The shell that runs a shell form."""
        return self.shell_setting.value if self.shell_setting else DEFAULT_SHELL

    @property
    def directory(self) -> str:
        """The absolute working directory; `/` as long as only the base image sets it."""
        return self.workdir.value if self.workdir else "/"

    def value_of(self, name: str) -> str | None:
        """Return the expansion of `$name`, or None. ENV wins over ARG of the same name, as Docker documents."""
        value = self.environment.get(name)
        return self.arguments.get(name) if value is None else value

    def but(self, **changes: Any) -> Self:
        """Return the state with some fields changed."""
        return replace(self, **changes)

    def with_variables(self, kind: str, values: Mapping[str, str], by: Provenance) -> Self:
        """Return the state with names assigned in the scope `kind` ("environment", "labels", ...)."""
        if not values:
            return self
        scope: Scope = getattr(self, kind)
        for name, value in values.items():
            scope = scope.assign(name, Setting(value, by))
        return self.but(**{kind: scope})

    def with_files(self, written: Mapping[str, str], by: Sequence[Provenance]) -> Self:
        """Return the state with the text of files by path; each is made on the line on which its text begins."""
        state = self
        for (path, text), start in zip(written.items(), by, strict=False):
            state = state.with_variables("files", {posixpath.normpath(path): text}, start)
        return state

    def for_child(self) -> Self:
        """Return the first state of a stage that is built `FROM` one that ended in this state."""
        return replace(self, cmd_is_own=False)


def of_kind(found: object, kind: type[K]) -> K | None:
    """Narrow a provenance or a named stage to its class; None for another class, and for None."""
    return found if isinstance(found, kind) else None
