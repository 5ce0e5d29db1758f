"""List the contents of a layer from its tar stream, without extracting anything.

Whiteouts and opaque directories are those of the OCI image specification (layer.md, "Whiteouts").
"""

import posixpath
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from checks.evidence.image.byte_stream import Budget, ByteStream
from checks.evidence.image.canaries import HITS_KEPT, SHORTEST
from checks.evidence.image.nested import FileSearch, Found
from checks.evidence.image.tar_headers import Member, members

_WHITEOUT = ".wh."
_MARKER = "/.wh..wh.."
"""Begins the names that only steer a union filesystem and are no files."""
_OPAQUE = "/.wh..wh..opq"


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of one layer; paths begin with `/` and are normalised, sizes are bytes.

    `files`: all members except directories, with their size (0 for links and devices); for a path that occurs
    twice, the last one. `whiteouts`: paths of lower layers that this one deletes. `opaque`: directories whose
    contents in lower layers it hides. `size`: the sum of all members, including those that a later member replaced,
    as `docker images` and dive add it up.
    """

    files: Mapping[str, int]
    directories: frozenset[str]
    whiteouts: frozenset[str]
    opaque: frozenset[str]
    size: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of an image: `index` from 0 at the bottom, `share` of the image's size between 0 and 1.

    `created_by` is the instruction in the image's history, "" if the history lacks it.
    """

    index: int
    diff_id: str
    created_by: str
    share: float
    contents: Contents

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return self.contents.size

    @property
    def files(self) -> Mapping[str, int]:
        """The path and size of everything in it except directories."""
        return self.contents.files

    @property
    def whiteouts(self) -> frozenset[str]:
        """The paths of lower layers that it deletes."""
        return self.contents.whiteouts


class Listing:
    """A layer while we read it: its contents, and the byte at which each member ends.

    `found`: the canaries that `search`, if given, finds in packed members.
    """

    def __init__(self, stream: ByteStream, budget: Budget, search: FileSearch | None = None) -> None:
        self.found: list[Found] = []
        self._files: dict[str, int] = {}
        self._directories: set[str] = set()
        self._whiteouts: set[str] = set()
        self._opaque: set[str] = set()
        self._size = 0
        self._ends = array("Q")
        self._paths: list[str] = []
        for member in members(stream, budget.limits.header_bytes):
            path = normalised(member.name)
            budget.spend_member(len(path))
            self._size += member.size
            self._add(path, member)
            self._ends.append(stream.position + member.stored)
            self._paths.append(path)
            if search and member.stored >= SHORTEST and len(self.found) < HITS_KEPT:
                self.found += search.look(path, member.stored, stream)
        stream.drain()

    def _add(self, path: str, member: Member) -> None:
        if _MARKER in path:
            if path.endswith(_OPAQUE):
                self._opaque.add(path[: -len(_OPAQUE)] or "/")
        elif member.kind == "directory":
            self._files.pop(path, None)
            self._directories.add(path)
        elif path.rpartition("/")[2].startswith(_WHITEOUT):
            parent, _, name = path.rpartition("/")
            self._whiteouts.add(f"{parent}/{name.removeprefix(_WHITEOUT)}")
        else:
            self._directories.discard(path)
            self._files[path] = member.size

    def contents(self) -> Contents:
        """Return the contents, frozen."""
        self._directories.discard("/")
        return Contents(
            MappingProxyType(self._files),
            frozenset(self._directories),
            frozenset(self._whiteouts),
            frozenset(self._opaque),
            self._size,
        )

    def path_at(self, offset: int) -> str:
        """Return the member whose header or data is at a byte of the layer; "" after the last one."""
        index = bisect_right(self._ends, offset)
        return self._paths[index] if index < len(self._paths) else ""


def normalised(name: str) -> str:
    """Return the path from the root, never above it: `/a/b` for `./a//b/`."""
    path = "/" + name.strip("/")
    return posixpath.normpath(path) if "//" in path or "/." in path else path


def shared_base(diff_ids: Sequence[str], base_layers: Sequence[str]) -> int:
    """Return the number of layers of the base: all its layers if the image builds on them, else 0."""
    builds_on_it = tuple(diff_ids[: len(base_layers)]) == tuple(base_layers)
    return len(base_layers) if builds_on_it else 0
