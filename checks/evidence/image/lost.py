"""Files that a layer has and the image does not: a later layer deleted them, or put others in their place.

Their bytes stay in the image all the same, since a layer never shrinks the ones below it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from checks.evidence.image.layers import Contents, Layer

Fate = Literal["deleted", "replaced"]


@dataclass(frozen=True, slots=True)
class Lost:
    """A file with its bytes, and the index of the layer that deleted or replaced it, the first one that did."""

    path: str
    size: int
    by: int
    fate: Fate


@dataclass(slots=True)
class _Above:
    """What the layers above do, by path: the lowest of them that does it."""

    put: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)

    def add(self, index: int, contents: Contents) -> None:
        self.put |= dict.fromkeys(contents.files, index)
        self.deleted |= dict.fromkeys(contents.whiteouts, index)
        self.emptied |= dict.fromkeys(contents.opaque, index)

    def fate_of(self, path: str) -> tuple[int, Fate] | None:
        found: list[tuple[int, Fate]] = [(index, "deleted") for index in self._deleting(path)]
        if (index := self.put.get(path)) is not None:
            found.append((index, "replaced"))
        return min(found, default=None)

    def _deleting(self, path: str) -> Iterator[int]:
        """Yield the layers that delete a path or a folder above it, or put a file in the folder's place."""
        if path in self.deleted:
            yield self.deleted[path]
        for folder in _folders(path):
            yield from (made[folder] for made in (self.deleted, self.emptied, self.put) if folder in made)


def lost_of(layers: Sequence[Layer]) -> list[list[Lost]]:
    """Return for each layer, lowest first, the files of it that are lost, the largest first."""
    above, found = _Above(), list[list[Lost]]()
    for layer in reversed(layers):
        lost = [
            Lost(path, size, *fate)
            for path, size in layer.files.items()
            if (fate := above.fate_of(path)) is not None
        ]
        found.append(sorted(lost, key=lambda each: (-each.size, each.path)))
        above.add(layer.index, layer.contents)
    return found[::-1]


def _folders(path: str) -> Iterator[str]:
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)
