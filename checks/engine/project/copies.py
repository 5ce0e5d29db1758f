"""Copies of the paths that a project mounts, so that containers never mount the graded folder itself.

The engine resolves a path at each start of a container, and by then a container may have replaced it by a link.
So we copy each source below a directory that no container mounts: a container may change the content of a copy,
but not which copy the engine mounts. Services that mount the same path share its copy.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checks.engine.project.binds import binds, resolved
from checks.engine.project.document import Document

_FOLDER, _FILE = 0o755, 0o644


@dataclass(frozen=True)
class Copies:
    """The copies in `place` of paths in `root`; `made` maps each path to its copy."""

    root: Path
    place: Path
    made: dict[Path, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, place: Path, documents: Iterable[Document]) -> "Copies":
        """Copy all paths that these normalised documents mount, before any container starts."""
        copies = cls(resolved(str(root)), place)
        place.mkdir()
        sources = [bind.source for document in documents for bind in binds(document)]
        for document in documents:
            copies._make_missing(document)
        for source in sources:
            copies._copy(source)
        return copies

    def mounted(self, document: Document, variables: Mapping[str, str]) -> Document:
        """Return the document with copies instead of paths, and files instead of values from `variables`."""
        services = {name: self._service(service) for name, service in document["services"].items()}
        sections = {
            key: {name: self._file(entry, variables) for name, entry in (document.get(key) or {}).items()}
            for key in ("secrets", "configs")
        }
        return {**document, **sections, "services": services}

    def holding(self, relative: str) -> Iterator[Path]:
        """Yield the copies of `root` that contain this file, at its own relative path."""
        path = self.root / relative
        for source, copy in self.made.items():
            if path.is_relative_to(source):
                yield copy.parents[len(source.relative_to(self.root).parts)] / self.root.name

    def named(self, text: str) -> str:
        """Return a message with the student's paths instead of those of the copies."""
        return re.sub(rf"{re.escape(str(self.place))}/\d+/{re.escape(self.root.name)}", ".", text)

    def _make_missing(self, document: Document) -> None:
        """Create the folders that the engine would otherwise create as root, which we could not remove."""
        for service in document["services"].values():
            for mount in service.get("volumes") or ():
                if mount.get("type") == "bind" and (mount.get("bind") or {}).get("create_host_path", True):
                    _make(self._inside(resolved(mount["source"])))

    def _copy(self, source: Path) -> None:
        """Copy a path once; only plain files and folders have content to copy."""
        if self._known(source) is not None:
            return
        copy = self._next() / self.root.name / self._inside(source).relative_to(self.root)
        self.made[source] = copy
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, symlinks=True)
        elif source.is_file():
            shutil.copy2(source, copy)

    def _service(self, service: Document) -> Document:
        volumes = [
            {**mount, "source": str(self._known(resolved(mount["source"])))}
            if mount.get("type") == "bind"
            else mount
            for mount in service.get("volumes") or ()
        ]
        return {**service, "volumes": volumes}

    def _file(self, entry: Document, variables: Mapping[str, str]) -> Document:
        """Return a secret or config with the copy of its file, or with a file that holds its variable's value."""
        kept = {key: value for key, value in entry.items() if key not in {"file", "environment"}}
        if file := entry.get("file"):
            copy = self._known(resolved(file))
            return {**kept, "file": str(copy)} if copy else kept
        if name := entry.get("environment"):
            written = self._next() / "value"
            written.write_text(variables[name], "utf-8")
            written.chmod(_FILE)
            return {**kept, "file": str(written)}
        return kept

    def _known(self, source: Path) -> Path | None:
        """Return the copy of a path, if any, also for another spelling on a file system that ignores case."""
        for other, copy in self.made.items():
            if other == source or (source.exists() and other.exists() and other.samefile(source)):
                return copy
        return None

    def _inside(self, source: Path) -> Path:
        """Return the path; raise RuntimeError if it is outside, since `hazards` refuses such a file before."""
        if not source.is_relative_to(self.root):
            raise RuntimeError(f"{source} is not in {self.root}")
        return source

    def _next(self) -> Path:
        """Create a directory that no container mounts."""
        folder = self.place / str(len(os.listdir(self.place)))  # noqa: PTH208 - only their number is needed
        folder.mkdir()
        return folder


def _make(folder: Path) -> None:
    """Create a missing folder with its parents, with the mode that the engine would give it."""
    if not os.path.lexists(folder):
        _make(folder.parent)
        folder.mkdir()
        folder.chmod(_FOLDER)
