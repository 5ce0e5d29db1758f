"""The workspace that we grade: the lab's own starter, with only the files that the student edits laid over it.

A submission's own app, Makefile, conftest.py or lab.yaml never gets here.
"""

import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from checks.evidence.submission.limits import Refused
from checks.evidence.submission.tree import SubmittedFile
from checks.starter import kept_files

DESCRIPTION = "lab.yaml"  # of the lab, for the grader alone


class Source(Protocol):
    """The source of a student's files."""

    @property
    def name(self) -> str:
        """Its name in the gradebook."""

    def find(self, relative: str, /) -> SubmittedFile | None:
        """Return one file; raise `Refused`, or `SubmissionRefused` for the whole submission."""

    def elsewhere(self, lab: str, name: str, /) -> str | None:
        """Return where that file of a lab lies if it is not in the lab's folder, else None."""


Opened = Callable[[Path], AbstractContextManager[Source]]
"""Opens what lies at a path: as a student handed it in, or as another machine sent it."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """`root` is the fresh copy; `missing` and `refused` (with the reason) are edit files that it lacks."""

    root: Path
    missing: frozenset[str]
    refused: Mapping[str, str]

    def substitute(self, relative: str, find: str, replace: str) -> None:
        """Replace the only occurrence of `find`; raise RuntimeError, our own fault, if it does not occur once."""
        path = self.root / relative
        text = path.read_text("utf-8")
        if text.count(find) != 1:
            raise RuntimeError(f"{relative}: {find!r} occurs {text.count(find)} times, and 1 was expected")
        path.write_text(text.replace(find, replace), "utf-8")


def make_workspace(lab_folder: Path, edit: Sequence[str], source: Source, destination: Path) -> Workspace:
    """Make `destination` (which must not exist yet) the workspace of one lab.

    `lab_folder` is the starter; its name is the name of the task folder in the submission. `edit` are files
    relative to it. They come only from the submission: the workspace lacks a file that the submission lacks, even
    if the starter has it. Raises OSError if the destination cannot be written.
    """
    destination.mkdir(parents=True)
    _copy_starter(lab_folder, frozenset(edit), destination)
    missing = set[str]()
    refused = dict[str, str]()
    for relative in edit:
        try:
            found = source.find(f"{lab_folder.name}/{relative}")
        except Refused as refusal:
            refused[relative] = str(refusal)
            continue
        if found is None:
            missing.add(relative)
        else:
            _write(destination / relative, found)
    return Workspace(destination, frozenset(missing), MappingProxyType(refused))


def _copy_starter(lab_folder: Path, edit: frozenset[str], destination: Path) -> None:
    for relative in kept_files(lab_folder):
        if relative.as_posix() in {*edit, DESCRIPTION}:
            continue
        source = lab_folder / relative
        executable = source.suffix == ".sh" and bool(source.stat().st_mode & stat.S_IXUSR)
        _write(destination / relative, SubmittedFile(source.read_bytes(), executable))


def _write(path: Path, file: SubmittedFile) -> None:
    _make_folder(path.parent)
    path.write_bytes(file.data)
    path.chmod(0o755 if file.executable else 0o644)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)  # regardless of the umask, so that an image's own user can enter
