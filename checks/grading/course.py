"""Which course graded: its version for people, and a digest of the files that decide verdicts.

A result that was graded by the same digest need not be graded again. What only shows verdicts is left out, so that
a better page does not grade a class anew.
"""

import functools
import hashlib
import os
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from checks.lab import ROOT, all_labs
from checks.outcomes import Course

SHARED = (
    "checks",
    "solutions",
    "conftest.py",
    "pyproject.toml",
)  # a later lab compares with an earlier solution
SHOWING = frozenset(
    {"commands", "reports", "templates", "workbench"}
)  # rooms of `checks/` that judge nothing
SECONDS = 10


@functools.cache
def course(root: Path = ROOT) -> Course:
    """Return the course below `root`; uncommitted changes count."""
    digest = hashlib.sha256()
    for path in sorted(_deciding(root)):
        digest.update(repr((path.relative_to(root).as_posix(), path.read_bytes())).encode())
    return Course(_version(root), f"sha256:{digest.hexdigest()}")


def _deciding(root: Path) -> Iterator[Path]:
    for name in (*SHARED, *(lab.id for lab in all_labs(root))):
        top = root / name
        yield from (path for path in (top.rglob("*") if top.is_dir() else [top]) if _decides(path, root))


def _decides(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    shows = parts[0] == "checks" and not SHOWING.isdisjoint(parts[1:2])
    return path.is_file() and not shows and "__pycache__" not in parts and path.suffix != ".md"


def _version(root: Path) -> str:
    """Return what git calls this commit, or the number in pyproject.toml where there is no commit."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
        quiet = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        with suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run(
                command, env=quiet, capture_output=True, check=True, text=True, timeout=SECONDS
            )
            return done.stdout.strip()
    number: str = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return number
