"""Which course graded: its version for people, and a digest of the files that decide verdicts.

A result that was graded by the same digest need not be graded again. Solutions are in it, since a later lab
compares with that of an earlier one. What only shows verdicts is left out, so that a better page does not grade a
class anew.
"""

import functools
import hashlib
import os
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from checks.hints import HINTS
from checks.lab import ROOT, Lab, all_labs
from checks.outcomes import Course
from checks.starter import kept_files

SHARED = (
    "checks",
    "conftest.py",
    "pyproject.toml",
    "locks/requirements.lock",
    "locks/requirements-tools.lock",
)
SHOWING = frozenset(
    {"beside_lab.py", "commands", "differences.py", "hints.py", "loop", "reports", "templates", "workbench"}
)  # in `checks/`, and judges nothing
SECONDS = 10


@functools.cache
def course(root: Path = ROOT) -> Course:
    """Return the course below `root`, in the edition that is in force; uncommitted changes count."""
    labs, digest = all_labs(root), hashlib.sha256()
    deciding = ((name, path) for name, path in _deciding(root, labs) if path.is_file())
    for name, path in sorted(deciding):
        if path.suffix != ".md":
            digest.update(repr((name, path.read_bytes())).encode())
    edition = next((lab.edition for lab in labs if lab.edition), "")
    return Course(_version(root), f"sha256:{digest.hexdigest()}", edition)


def shared_files(root: Path = ROOT) -> Iterator[Path]:
    """Yield the files that decide verdicts in all labs; none of them is a student's."""
    for name in SHARED:
        files = kept_files(root / name) if (root / name).is_dir() else [Path()]
        unread = SHOWING if name == "checks" else frozenset()
        yield from (root / name / file for file in files if unread.isdisjoint(file.parts[:1]))


def _deciding(root: Path, labs: Sequence[Lab]) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name in the course, wherever an edition has it."""
    yield from ((path.relative_to(root).as_posix(), path) for path in shared_files(root))
    for lab in labs:
        passed_over = {*lab.edit, HINTS}  # what is handed in takes the place of the files to edit
        files = (file for file in kept_files(lab.starter) if file.as_posix() not in passed_over)
        yield from (_named(lab.id, lab.starter, file) for file in files)
        yield from (_named(f"solutions/{lab.id}", lab.solution, file) for file in kept_files(lab.solution))


def _named(name: str, folder: Path, file: Path) -> tuple[str, Path]:
    return (Path(name) / file).as_posix(), folder / file


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
