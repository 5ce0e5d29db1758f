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

from checks.evidence.submission.starter import kept_files
from checks.hints import HINTS
from checks.lab import ROOT, all_labs
from checks.outcomes import Course

SHARED = (
    "checks",
    "solutions",
    "conftest.py",
    "pyproject.toml",
    "locks/requirements.lock",
    "locks/requirements-tools.lock",
)  # a later lab compares with an earlier solution
SHOWING = frozenset(
    {"beside_lab.py", "commands", "differences.py", "hints.py", "loop", "reports", "templates", "workbench"}
)  # in `checks/`, and judges nothing
SECONDS = 10


@functools.cache
def course(root: Path = ROOT) -> Course:
    """Return the course below `root`; uncommitted changes count."""
    digest = hashlib.sha256()
    for path in sorted(path for path in _deciding(root) if path.is_file() and path.suffix != ".md"):
        digest.update(repr((path.relative_to(root).as_posix(), path.read_bytes())).encode())
    return Course(_version(root), f"sha256:{digest.hexdigest()}")


def shared_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield the files that decide verdicts in all labs; none of them is a student's."""
    for name in SHARED:
        files = kept_files(root / name) if (root / name).is_dir() else [Path()]
        unread = SHOWING if name == "checks" else frozenset()
        yield from (root / name / file for file in files if unread.isdisjoint(file.parts[:1]))


def _deciding(root: Path) -> Iterator[Path]:
    yield from shared_files(root)
    for lab in all_labs(root):
        passed_over = {*lab.edit, HINTS}  # what is handed in takes the place of the files to edit
        yield from (
            lab.folder / file for file in kept_files(lab.folder) if file.as_posix() not in passed_over
        )


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
