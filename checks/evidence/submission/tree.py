"""What folders and archives have in common: names, and files that are read on demand.

It also finds a file that was handed in at the wrong place. Such a file is named in the message and never graded:
to guess which of several folders a student meant would be grading by luck.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from checks.evidence.submission.limits import size_text
from checks.sanitize import sanitize_line

Parts = tuple[str, ...]

# What operating systems and editors leave beside the work; never what a student meant.
_NOISE = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__"})  # and every hidden name


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """The bytes of one regular file, and whether it may be executed."""

    data: bytes
    executable: bool


class Tree(Protocol):
    """Files below one root. No method follows a link."""

    def has(self, parts: Parts) -> bool:
        """There is an entry of that name, whatever it is."""
        ...

    def folders(self, parts: Parts) -> tuple[str, ...]:
        """Names of the real folders directly in that folder, sorted; none when it is no folder."""
        ...

    def files(self, parts: Parts) -> tuple[str, ...]:
        """Names of everything else directly in that folder, sorted."""
        ...

    def read(self, parts: Parts) -> SubmittedFile | None:
        """The file, or None when it is absent. Raises `Refused`."""
        ...

    def close(self) -> None: ...


def is_noise(name: str) -> bool:
    """Whether no student meant to hand in what has this name."""
    return name in _NOISE or name.startswith(".")


def shown(parts: Parts) -> str:
    """The name as it may stand in a message."""
    return sanitize_line("/".join(parts))


def too_large(parts: Parts, limit: int) -> str:
    """The sentence for a file above the limit, whether it lies in a folder or in an archive."""
    return f"{shown(parts)} is larger than {size_text(limit)}, the most that is read of one file"


def read_at_most(read: Callable[[int], bytes], count: int) -> bytes:
    """Up to `count` bytes, in as many reads as it takes: a raw read may return fewer than asked for."""
    data = bytearray()
    while len(data) < count and (chunk := read(count - len(data))):
        data += chunk
    return bytes(data)


_FOLDERS = 50  # that are looked into: listing one of a large archive takes a walk over its members
_DEPTH = 4


def misplaced(tree: Tree, lab: str, name: str) -> Parts | None:
    """A file of that name at the top, or in a folder that is called nearly like the lab's, however deep."""
    *inner, file = name.split("/")
    for folder in _folders(tree):
        meant = not folder or folder[-1].casefold().startswith(lab.casefold())
        if meant and file in tree.files((*folder, *inner)):
            return (*folder, *inner, file)
    return None


def _folders(tree: Tree) -> Iterator[Parts]:
    """The upper ones first."""
    waiting: list[Parts] = [()]
    for _ in range(_FOLDERS):
        if not waiting:
            return
        folder = waiting.pop(0)
        yield folder
        if len(folder) < _DEPTH:
            waiting += [(*folder, name) for name in tree.folders(folder) if not is_noise(name)]
