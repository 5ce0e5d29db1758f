"""The students' copy of the course, made from the files that git tracks here."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from checks.lab import ROOT

# What is at the top of this repository for those who teach and those who develop.
WITHHELD = frozenset(
    {".ci", ".github", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks", "docs", "instructors.mk",
     "solutions", "tests"}
)  # fmt: skip


class ReleaseError(Exception):
    """The copy cannot be written; the message says why, and what to do."""


def write_release(directory: Path, root: Path = ROOT) -> int:
    """Copy what students get from `root` into `directory`; returns the number of files."""
    if directory.exists() and any(directory.iterdir()):
        raise ReleaseError(f"{directory} is there already; name another folder, or delete it")
    names = list(_for_students(root))
    for name in names:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target)
    return len(names)


def _for_students(root: Path) -> Iterator[PurePosixPath]:
    """Tracked files, in their present state, but those withheld."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z"],  # noqa: S607 - the git of whoever releases
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReleaseError("a release is made from a git clone, and git does not know this folder") from error
    for name in map(PurePosixPath, filter(None, listed.stdout.split("\0"))):
        if name.parts[0] not in WITHHELD and (root / name).is_file():
            yield name
