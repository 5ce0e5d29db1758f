"""Under pseudonyms no name is in any file of the results, and the key gives the names back."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.commands.status import WRONG_USAGE
from checks.grading.pseudonyms import pseudonym
from tests.forked import run_checks

pytestmark = pytest.mark.slow

Grade = Callable[..., Any]
KEY = bytes(range(32))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A file with the key."""
    path = tmp_path / "key"
    path.write_bytes(KEY)
    return path


def test_a_pseudonym_is_the_same_for_the_same_key() -> None:
    assert pseudonym("ada", KEY) == pseudonym("ada", KEY) == "work-svlp2uzmhopd"
    assert pseudonym("ada", KEY[::-1]) != pseudonym("ada", KEY) != pseudonym("bob", KEY)


def test_no_name_is_in_the_results(grade: Grade, submission: Path, key: Path) -> None:
    names = ("zoe-secret", "broken-secret", "empty-secret")
    submission.rename(submission.with_name(names[0]))
    (submission.parent / f"{names[1]}.zip").write_text("not a zip")
    (submission.parent / names[2]).mkdir()
    paths = [submission.parent / name for name in (names[0], f"{names[1]}.zip", names[2])]
    graded = grade(*paths, "--static", "--pseudonyms", key)
    assert graded.reports.keys() == {pseudonym(name, KEY) for name in names}
    written = [path for path in (submission.parent / "out").rglob("*") if path.is_file()]
    assert len(written) == 7
    for path in written:
        assert "secret" not in path.name + path.read_text()
    assert "secret" not in graded.shown + graded.complaint


def test_the_key_gives_the_names_back(submission: Path, key: Path, tmp_path: Path) -> None:
    done = run_checks(["pseudonyms", str(key), str(submission)], tmp_path / "said")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows == [["pseudonym", "submission"], [pseudonym("ada", KEY), "ada"]]


@pytest.mark.parametrize("data", [None, b"", b"short"])
def test_a_key_that_is_none(grade: Grade, submission: Path, key: Path, data: bytes | None) -> None:
    key.unlink()
    if data is not None:
        key.write_bytes(data)
    graded = grade(submission, "--static", "--pseudonyms", key)
    assert graded.status == WRONG_USAGE
    assert "head -c 32 /dev/urandom" in graded.complaint
    assert not graded.reports


@pytest.mark.parametrize("name", ["canvas-csv", "moodle-csv"])
def test_no_sheet_with_names_is_beside_pseudonyms(
    grade: Grade, submission: Path, key: Path, tmp_path: Path, name: str
) -> None:
    sheet = "Identifier,Student,ID,Section,Layers,Grade,Last modified (grade)\nParticipant 1,Zoe,1,A,,,\n"
    (tmp_path / "sheet.csv").write_text(sheet)
    words = ("--static", "--pseudonyms", key, "--format", name, "--fill-in", tmp_path / "sheet.csv")
    graded = grade(submission, *words)
    assert (graded.status, graded.reports) == (WRONG_USAGE, {})
    assert f"{name} has the names of the class" in graded.complaint


def test_no_pseudonym_is_beside_a_name(grade: Grade, submission: Path, key: Path) -> None:
    before = grade(submission, "--static")
    graded = grade(submission, "--static", "--pseudonyms", key)
    assert graded.status == WRONG_USAGE
    assert "name another --out" in graded.complaint
    assert graded.reports.keys() == before.reports.keys() == {"ada"}


def test_pseudonyms_stay_beside_each_other(grade: Grade, submission: Path, key: Path) -> None:
    words = (submission, "--static", "--pseudonyms", key)
    assert [len(grade(*words).reports) for _ in range(2)] == [1, 1]
