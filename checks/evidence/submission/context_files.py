"""The files that a build gets from a folder: all but those that its .dockerignore keeps out."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from checks.parsing.text.ignore_file import IgnoreFile, parse_ignorefile
from checks.parsing.text.problems import ParseError

NAME = ".dockerignore"


@dataclass(frozen=True)
class ContextFiles:
    """The files of a build context. `root` is a folder of a workspace, in which no student can have put a link."""

    root: Path
    ignored: IgnoreFile

    @classmethod
    def of(cls, root: Path) -> Self:
        """Read the .dockerignore of a folder; one that is no text keeps nothing out, as far as we can tell."""
        file = root / NAME
        try:
            return cls(root, parse_ignorefile(file.read_bytes() if file.is_file() else b""))
        except ParseError:
            return cls(root, parse_ignorefile(b""))

    def read(self, name: str) -> bytes | None:
        """Return a file that the build gets; None if there is none of this name."""
        path = self._path(name)
        return None if self.ignored.ignores(path) else self.read_anyway(path)

    def read_anyway(self, name: str) -> bytes | None:
        """Return a file of the folder, even one that .dockerignore keeps out; None if there is none."""
        path = self.root / self._path(name)
        # `Path.is_file` raises for a name that is invalid on every system.
        return path.read_bytes() if os.path.isfile(path) else None  # noqa: PTH113

    def lack_of(self, name: str) -> str:
        """Say why the build does not get this file or folder; "" if it does."""
        path = self._path(name)
        if not os.path.lexists(self.root / path):
            return "there is no such file or folder in what is built"
        if not path or not self.ignored.ignores(path) or any(map(self._is_sent, self._below(path))):
            return ""
        rule = self.ignored.deciding(path)
        return f"`{NAME}` keeps it out, in line {rule.line}" if rule else ""

    def _is_sent(self, path: str) -> bool:
        return not self.ignored.ignores(path)

    def _below(self, path: str) -> Iterator[str]:
        """Yield the paths below a folder; BuildKit sends a folder whose own name is ignored for one of them."""
        for folder, folders, files in os.walk(self.root / path):
            for name in (*folders, *files):
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def _path(self, name: str) -> str:
        """Return a path as COPY takes it: from the root of the context on, and never out of it."""
        parts = list[str]()
        for part in PurePosixPath(f"/{name}").parts[1:]:
            parts[:] = parts[:-1] if part == ".." else [*parts, part]
        return "/".join(parts)
