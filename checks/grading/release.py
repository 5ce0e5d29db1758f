"""Write the students' copy of the course from the files that git tracks here."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from checks.lab import ROOT, all_labs

# Files and whole folders. Students get these and the labs; any other new file stays out of their copy.
FOR_STUDENTS = (
    ".devcontainer",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "checks",
    "conftest.py",
    "docs/screenshots/report.svg",  # which the README shows
    "locks/requirements-tools.lock",
    "locks/requirements.lock",
    "pyproject.toml",
)
README = "README.md"
_FOR_INSTRUCTORS = re.compile(r"<!-- instructors -->.*?<!-- /instructors -->\s*", re.DOTALL)


class ReleaseError(Exception):
    """The copy cannot be written; the message says why and how to fix it."""


def write_release(directory: Path, root: Path = ROOT) -> int:
    """Copy the students' files from `root` into `directory`; return the number of files."""
    if directory.exists() and any(directory.iterdir()):
        raise ReleaseError(f"{directory} is there already; name another folder, or delete it")
    names = list(_for_students(root))
    for name in names:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target)
    readme = directory / README
    readme.write_text(students_part(readme.read_text("utf-8")), "utf-8")
    return len(names)


def students_part(readme: str) -> str:
    """Return a README without what stands between markers for instructors, and may name what is not there."""
    return _FOR_INSTRUCTORS.sub("", readme)


def _for_students(root: Path) -> Iterator[PurePosixPath]:
    """Yield the tracked files of `FOR_STUDENTS` and of the labs; uncommitted changes are included."""
    allowed = {PurePosixPath(name) for name in (*FOR_STUDENTS, *(lab.id for lab in all_labs(root)))}
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z"],  # noqa: S607 - the releasing person's git
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ReleaseError("a release is made from a git clone, and git does not know this folder") from error
    for name in map(PurePosixPath, filter(None, listed.stdout.split("\0"))):
        if not allowed.isdisjoint((name, *name.parents)) and (root / name).is_file():
            yield name
