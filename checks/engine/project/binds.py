"""Binds: the mounts, secrets and configs that a normalised Compose file takes from the graded folder.

Containers mount a copy of each. If one lies in another and a container may write to either, Compose would show the
change in both, and copies would not. We refuse such a file rather than run it differently.
"""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from checks.engine.project.document import Document


@dataclass(frozen=True)
class Bind:
    """A path of the folder, mounted in a container; `place` is its key in the file (`services.api.volumes[0]`)."""

    place: str
    service: str
    source: Path
    target: str
    read_only: bool

    def is_in(self, other: "Bind") -> bool:
        """Whether its source lies strictly in the other's, even if the paths are spelled differently."""
        return other.identity in self._above

    @cached_property
    def identity(self) -> object:
        """The device and inode of the source, equal for all paths of one file; the path if it does not exist."""
        return _identity(self.source)

    @cached_property
    def _above(self) -> frozenset[object]:
        return frozenset(map(_identity, self.source.parents))


def binds(document: Document) -> Iterator[Bind]:
    """Yield all binds of a document, service by service."""
    for name, service in document["services"].items():
        for index, mount in enumerate(service.get("volumes") or ()):
            if mount.get("type") == "bind":
                source, read_only = resolved(mount["source"]), bool(mount.get("read_only"))
                place = f"services.{name}.volumes[{index}]"
                yield Bind(place, name, source, posixpath.normpath(mount["target"]), read_only)
        for section in ("secrets", "configs"):
            yield from _files(document, name, section)


def entangled(document: Document, root: Path) -> Iterator[tuple[str, str]]:
    """Yield the place of each mount that lies in another, if one of the two is writable, and why it is refused."""
    found = list(binds(document))
    for inner in found:
        for outer in found:
            writers = [bind.service for bind in (inner, outer) if not bind.read_only]
            if writers and inner.is_in(outer) and not _covers(inner, outer, found):
                yield inner.place, _why(inner, outer, writers[0], resolved(str(root)))


def resolved(written: str) -> Path:
    """Return a path with its links resolved."""
    return Path(os.path.realpath(written))


def _covers(inner: Bind, outer: Bind, found: Sequence[Bind]) -> bool:
    """Whether the outer one's service also mounts the inner one where it lies, so that copies show the same."""
    target = posixpath.join(outer.target, inner.source.relative_to(outer.source).as_posix())
    return any(
        bind.service == outer.service and bind.target == target and bind.identity == inner.identity
        for bind in found
    )


def _why(inner: Bind, outer: Bind, writer: str, root: Path) -> str:
    names = [f"`{os.path.relpath(bind.source, root)}`" for bind in (inner, outer)]
    return f"{names[0]} lies in {names[1]}, and `{writer}` may write to one of them"


def _files(document: Document, name: str, section: str) -> Iterator[Bind]:
    known: Mapping[str, Document] = document.get(section) or {}
    for index, grant in enumerate(document["services"][name].get(section) or ()):
        file = (known.get(grant["source"]) or {}).get("file")
        if file:
            place = f"services.{name}.{section}[{index}]"
            yield Bind(place, name, resolved(file), str(grant.get("target")), read_only=True)


def _identity(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return path
    return found.st_dev, found.st_ino
