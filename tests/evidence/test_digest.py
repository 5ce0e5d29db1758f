"""The digest of what was handed in changes with what grading can see, and with nothing else."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.evidence.submission.digest import digest_of

WANTED = (("lab", "Dockerfile"), ("lab", "app/main.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with both files."""
    (tmp_path / "ada" / "lab" / "app").mkdir(parents=True)
    (tmp_path / "ada" / "lab" / "Dockerfile").write_text("FROM a\n")
    (tmp_path / "ada" / "lab" / "app" / "main.py").write_text("")
    return tmp_path / "ada"


def _links(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "nothing": (lambda _: None, False),
    "another file": (lambda path: (path / "notes.txt").write_text("x"), False),
    "the time": (lambda path: os.utime(path / "lab" / "Dockerfile", (1, 1)), False),
    "the bytes": (lambda path: (path / "lab" / "Dockerfile").write_text("FROM b\n"), True),
    "the mode": (lambda path: (path / "lab" / "Dockerfile").chmod(0o755), True),
    "the place": (lambda path: (path / "lab" / "Dockerfile").rename(path / "Dockerfile"), True),
    "a link": (lambda path: _links(path / "lab" / "Dockerfile"), True),
    "the name": (lambda path: (path / "lab" / "Dockerfile").rename(path / "lab" / "dockerfile"), True),
}


@pytest.mark.parametrize(("change", "differs"), CHANGES.values(), ids=CHANGES.keys())
def test_a_folder(folder: Path, change: Callable[[Path], object], differs: bool) -> None:  # noqa: FBT001 - a table
    before = digest_of(folder, WANTED)
    change(folder)
    assert (digest_of(folder, WANTED) != before) is differs


def test_what_could_be_meant_counts_where_a_file_is_missing(folder: Path) -> None:
    (folder / "lab" / "Dockerfile").unlink()
    before = digest_of(folder, WANTED)
    (folder / "lab" / "Dockerfile.txt").write_text("FROM a\n")
    assert digest_of(folder, WANTED) != before


def test_why_a_folder_is_refused_counts(tmp_path: Path) -> None:
    """One that is empty, and one of a single archive, are told apart."""
    folder = tmp_path / "ada"
    folder.mkdir()
    before = digest_of(folder, WANTED)
    with zipfile.ZipFile(folder / "inner.zip", "w") as packed:
        packed.writestr("lab/Dockerfile", "FROM a\n")
    assert digest_of(folder, WANTED) != before


def test_an_archive_counts_by_its_bytes(folder: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "one.zip", tmp_path / "two.zip", tmp_path / "three.zip"]
    for path, text in zip(paths, ("x", "x", "y"), strict=True):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(zipfile.ZipInfo("lab/Dockerfile"), text)
    one, two, three = (digest_of(path, WANTED) for path in paths)
    assert one == two != three != digest_of(folder, WANTED)


def test_what_is_no_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "empty").mkdir()
    digests = {digest_of(tmp_path / name, WANTED) for name in ("pipe.zip", "empty", "none")}
    assert len(digests) >= 2
