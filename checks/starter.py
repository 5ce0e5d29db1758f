"""The starter of a lab as git has it for everybody: without what working in it leaves behind."""

import os
from collections.abc import Iterator
from pathlib import Path

from checks.parsing.text.ignore_file import IgnoreFile, parse_ignorefile

# They judge nothing, anywhere in the course. What else a lab makes, its own `.gitignore` names.
LEFTOVERS = frozenset(
    {
        "__pycache__",
        ".git",
        ".venv",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".DS_Store",
    }
)
IGNORED = ".gitignore"


def kept_files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, relative to it, that are no leftovers, by name or by its `.gitignore`."""
    ignored = _ignored(folder)
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - LEFTOVERS)
        for name in sorted(set(files) - LEFTOVERS):
            relative = Path(above, name).relative_to(folder)
            if relative.suffix != ".pyc" and not ignored.ignores(relative.as_posix()):
                yield relative


def _ignored(folder: Path) -> IgnoreFile:
    path = folder / IGNORED
    return parse_ignorefile(path.read_bytes() if path.is_file() else b"")
