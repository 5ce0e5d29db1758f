"""Variables in force at a point of the file, for every point at once.

Each ENV makes a new scope, and every instruction keeps the one it saw. A copied dict for each would be
quadratic in memory, so a scope is a tree of tuples of which an assignment copies one path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from checks.parsing.instruction import Instruction

_BITS = 4
_WIDTH = 1 << _BITS
_LEVELS = 5  # room for 2**20 names: one for each byte that a file may have
_EMPTY: "_Node" = (None,) * _WIDTH

T_co = TypeVar("T_co", covariant=True)
_Node = tuple["_Node | Setting[str] | None", ...]


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """A value in force, and the instruction that set it."""

    value: T_co
    instruction: "Instruction"

    @property
    def line(self) -> int:
        """The 1-based line of the instruction that set it."""
        return self.instruction.line


class Scope(Mapping[str, str]):
    """Names and their values; never changes. Looking up and assigning take constant time."""

    __slots__ = ("_count", "_numbers", "_root")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # shared by all scopes made from this one; it only grows
        self._root: _Node = _EMPTY
        self._count = 0

    def assign(self, name: str, setting: Setting[str]) -> "Scope":
        """The scope in which `name` has this setting."""
        changed = Scope()
        changed._numbers = self._numbers
        changed._count = self._count + (name not in self)
        number = self._numbers.setdefault(name, len(self._numbers))
        changed._root = _assigned(self._root, number, _LEVELS - 1, setting)
        return changed

    def __getitem__(self, name: str) -> str:
        setting = self.setting(name)
        if setting is None:
            raise KeyError(name)
        return setting.value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.setting(name) is not None

    def setting(self, name: str) -> Setting[str] | None:
        """The value with the instruction that set it, or None."""
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
