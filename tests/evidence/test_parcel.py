"""A folder that was packed for another machine tells there what it tells here."""

import os
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from checks.evidence.submission.limits import DEFAULT_LIMITS, Refused, SubmissionRefused
from checks.evidence.submission.parcel import open_parcel, pack
from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.tree import other_names
from checks.evidence.submission.workspace import Source
from checks.lab import Lab, load_lab

LAB = load_lab("Task1")


def told(source: Source, lab: Lab) -> list[object]:
    """All that grading can learn from a source."""
    return [
        _found(source, lab.id, name) for edited in lab.edit for name in (edited, *other_names(edited))
    ] + [source.elsewhere(lab.id, name) for name in lab.edit if not _found(source, lab.id, name)]


def _found(source: Source, lab: str, name: str) -> object:
    try:
        return source.find(f"{lab}/{name}")
    except Refused as refused:
        return str(refused)


def _with(make: Callable[[Path], object], name: str = f"{LAB.id}/Dockerfile") -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path)

    return change


def _executable(path: Path) -> None:
    path.write_text("FROM a\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_with(lambda path: path.write_bytes(bytes(range(256)))), id="bytes"),
        pytest.param(_with(_executable), id="executable"),
        pytest.param(_with(lambda path: path.write_text("")), id="empty"),
        pytest.param(_with(lambda path: path.symlink_to("/etc/passwd")), id="a link"),
        pytest.param(_with(os.mkfifo), id="a pipe"),
        pytest.param(_with(Path.mkdir), id="a folder"),
        pytest.param(
            _with(lambda path: os.truncate(_touched(path), DEFAULT_LIMITS.file_bytes + 1)), id="large"
        ),
        pytest.param(_with(Path.touch, f"{LAB.id}/dockerfile"), id="in other case"),
        pytest.param(
            _with(lambda path: path.symlink_to("x"), f"{LAB.id}/dockerfile"), id="a link in other case"
        ),
        pytest.param(_with(Path.touch, "Dockerfile"), id="at the top"),
        pytest.param(_with(Path.touch, f"mine/{LAB.id}-v2/Dockerfile"), id="elsewhere"),
        pytest.param(_with(Path.touch, f"mine/{LAB.id}/Dockerfile"), id="in a wrapper"),
        pytest.param(_with(Path.touch, f"ü\n\x1b[2J/{LAB.id}-v2/Dockerfile"), id="in an odd place"),
        pytest.param(_with(Path.touch, "notes.txt"), id="nothing of the lab"),
    ],
)
def test_a_parcel_tells_what_the_folder_tells(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder, parcel = tmp_path / "ada", tmp_path / "parcel"
    folder.mkdir()
    change(folder)
    parcel.write_bytes(pack(folder, [LAB]))
    with open_submission(folder) as here, open_parcel(parcel) as there:
        assert told(there, LAB) == told(here, LAB)


def _touched(path: Path) -> Path:
    path.touch()
    return path


def test_only_what_the_labs_ask_for_travels(tmp_path: Path) -> None:
    for name in (f"{LAB.id}/Dockerfile", f"{LAB.id}/app/main.py", ".git/config", "other/Dockerfile"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    with tarfile.open(fileobj=BytesIO(pack(tmp_path, [LAB]))) as parcel:
        assert {member.name for member in parcel if member.size} == {f"{LAB.id}/Dockerfile"}


def test_a_folder_that_is_refused_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(SubmissionRefused):
        pack(tmp_path, [LAB])
