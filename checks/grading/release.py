"""Write the students' copy of the course from the files that git tracks here, in the edition that is in force."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from checks.edition import FOLDER, Edition, EditionError, edition_asked
from checks.edition_files import rendered
from checks.grading.catalog import filled_in
from checks.lab import ROOT, Lab, all_labs

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
    """Copy the students' files from `root` into `directory`; return the number of files.

    Raise `LabError` where a lab or the edition is not as it must be.
    """
    if directory.exists() and any(directory.iterdir()):
        raise ReleaseError(f"{directory} is there already; name another folder, or delete it")
    labs, edition = all_labs(root), _edition(root)
    names = list(_for_students(root, labs))
    starters = {lab.id: lab.starter for lab in labs}
    for name in names:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(starters.get(name.parts[0], root / name.parts[0]).joinpath(*name.parts[1:]), target)
    readme = directory / README
    readme.write_text(students_part(readme.read_text("utf-8")), "utf-8")
    if edition:
        _state(edition, directory, labs)
    return len(names) + bool(edition)


def _edition(root: Path) -> Edition | None:
    """Return the edition in force, which must change all that it says, what students edit too."""
    try:
        edition = edition_asked(root)
        for _ in rendered(edition, root, strict=True) if edition else ():
            pass
    except EditionError as wrong:
        raise ReleaseError(str(wrong)) from None
    return edition


def _state(edition: Edition, directory: Path, labs: Sequence[Lab]) -> None:
    """Generate what the copy's READMEs say of checks, and let the copy know which edition it is."""
    for lab in labs:
        if lab.id in edition.labs:
            readme = directory / lab.id / README
            readme.write_text(filled_in(readme.read_text("utf-8"), lab), "utf-8")
    (directory / FOLDER).mkdir()
    stated = f"# The files of this copy are those of this edition.\nabout: {json.dumps(edition.about)}\n"
    (directory / FOLDER / f"{edition.name}.yaml").write_text(stated, "utf-8")


def students_part(readme: str) -> str:
    """Return a README without what stands between markers for instructors, and may name what is not there."""
    return _FOR_INSTRUCTORS.sub("", readme)


def _for_students(root: Path, labs: Sequence[Lab]) -> Iterator[PurePosixPath]:
    """Yield the tracked files of `FOR_STUDENTS` and of the labs; uncommitted changes are included."""
    allowed = {PurePosixPath(name) for name in (*FOR_STUDENTS, *(lab.id for lab in labs))}
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
