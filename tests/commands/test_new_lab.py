"""`make newLab` writes a lab that keeps the contract of the course, in a copy of it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checks.commands.new_lab import values_of, write_lab
from checks.lab import ROOT, all_labs

NAME = "lab_tried_out"
COPIED = ("checks", "solutions", "tests", "locks", "docs")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of this repository, as git has it for the tests that ask git."""
    root = tmp_path / "course"
    labs = [lab.id for lab in all_labs()]
    for name in (*COPIED, *labs):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, root)
    return root


def python(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, which must not import this one."""
    return subprocess.run(
        [sys.executable, *words], cwd=course, capture_output=True, text=True, check=False, timeout=600
    )


def test_a_new_lab_keeps_the_contract_at_once(course: Path) -> None:
    made = python(course, "-m", "checks", "new-lab", NAME)
    assert made.returncode == 0, made.stderr
    contract = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_labs.py",
        "tests/test_spellings.py",
    ]
    proved = python(course, *contract, "-k", NAME, "-m", "not engine")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    again = python(course, "-m", "checks", "new-lab", NAME)
    assert "make testTriedOut is" in again.stderr


@pytest.mark.parametrize("name", ["Lab", "lab-x", "../lab", "lab__x", ""])
def test_a_name_that_is_no_folder_of_the_course_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name for a lab"):
        values_of(name, tmp_path)


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "solutions" / NAME).mkdir(parents=True)
    with pytest.raises(FileExistsError, match="is there already"):
        list(write_lab(NAME, values_of(NAME, tmp_path), tmp_path))
    assert not (tmp_path / NAME).exists()
