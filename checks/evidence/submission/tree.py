"""The common interface of folders and archives: names, and files read on demand.

It also finds a file that was handed in at the wrong place. The message names such a file, but we never grade it,
since we would have to guess which of several folders a student meant.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from checks.evidence.submission.limits import size_text
from checks.sanitize import sanitize_line

Parts = tuple[str, ...]

# Names that operating systems and editors leave beside the work; students never hand them in on purpose.
_NOISE = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__"})  # and every hidden name


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """The bytes of one regular file, and whether it is executable."""

    data: bytes
    executable: bool


class Tree(Protocol):
    """Files below one root. No method follows a link."""

    def has(self, parts: Parts) -> bool:
        """Whether an entry of that name exists, of any kind."""
        ...

    def folders(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of the real folders directly in that folder, sorted; () if it is no folder."""
        ...

    def files(self, parts: Parts) -> tuple[str, ...]:
        """Return the names of everything else directly in that folder, sorted."""
        ...

    def read(self, parts: Parts) -> SubmittedFile | None:
        """Return the file, None if it is absent; raise `Refused` if it cannot be read."""
        ...

    def close(self) -> None: ...


def is_noise(name: str) -> bool:
    """Whether a name is one that students do not hand in on purpose."""
    return name in _NOISE or name.startswith(".")


def shown(parts: Parts) -> str:
    """Return the name in a form that is safe in a message."""
    return sanitize_line("/".join(parts))


def too_large(parts: Parts, limit: int) -> str:
    """Return the sentence for a file above the limit, in a folder or in an archive."""
    return f"{shown(parts)} is larger than {size_text(limit)}, the most that is read of one file"


def read_at_most(read: Callable[[int], bytes], count: int) -> bytes:
    """Return up to `count` bytes, in several reads if needed: a raw read may return fewer than asked for."""
    data = bytearray()
    while len(data) < count and (chunk := read(count - len(data))):
        data += chunk
    return bytes(data)


_FOLDERS = 50  # folders that we search: listing one of a large archive walks over all its members
_DEPTH = 4


def misplaced(tree: Tree, lab: str, name: str) -> Parts | None:
    """Return the path of a file with that name, at the top or in a folder named like the lab; None if missing."""
    *inner, file = name.split("/")
    for folder in _folders(tree):
        meant = not folder or folder[-1].casefold().startswith(lab.casefold())
        if meant and file in tree.files((*folder, *inner)):
            return (*folder, *inner, file)
    return None


def other_names(name: str) -> Iterator[str]:
    """Yield likely wrong names of a file: in other case, with another ending, or Compose's older name."""
    yield from sorted({name.lower(), name.capitalize(), name.upper()} - {name})
    yield f"{name}.txt"
    if name.endswith(".yaml"):
        yield from (
            name.removesuffix("yaml") + "yml",
            f"docker-{name}",
            f"docker-{name.removesuffix('yaml')}yml",
        )
    yield name.removeprefix(".")


def _folders(tree: Tree) -> Iterator[Parts]:
    """Yield the folders breadth first, up to the limits of number and depth."""
    waiting: list[Parts] = [()]
    for _ in range(_FOLDERS):
        if not waiting:
            return
        folder = waiting.pop(0)
        yield folder
        if len(folder) < _DEPTH:
            waiting += [(*folder, name) for name in tree.folders(folder) if not is_noise(name)]
