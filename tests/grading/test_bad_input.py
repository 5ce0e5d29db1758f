"""Missing, broken or hostile input gets a clear message and a report, and nothing is written elsewhere."""

import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.outcomes import Outcome

pytestmark = pytest.mark.slow

SECRET = "root:x:0:0"


def test_a_missing_folder(grade: Callable[..., Any]) -> None:
    graded = grade("/no/such/folder", "--static")
    assert (graded.status, graded.reports) == (2, {})
    assert "no such folder" in graded.complaint
    assert "Traceback" not in graded.complaint


def test_a_missing_lab(grade: Callable[..., Any], submission: Path) -> None:
    graded = grade(submission, "--static", lab="Task99")
    assert graded.status == 2
    assert "task1_layers" in graded.complaint


def test_no_task_folder(grade: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "notes.txt").write_text("later")
    graded = grade(tmp_path / "ada", "--static")
    assert graded.status == 1
    assert "there is none" in graded.check("starts-from-ubuntu").actual


DOCKERFILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "UTF-16": "FROM ubuntu:20.04\nWORKDIR /server\n".encode("utf-16"),
    "a NUL": b"FROM ubuntu:20.04\n\0\n",
    "one megabyte": b"FROM ubuntu:20.04\n" + b"RUN echo x; \\\n" * 80_000,
    "one line": b"FROM " + b"a" * 1_000_000,
    "forty thousand instructions": b"FROM ubuntu:20.04\n" + b"ENV A=1\n" * 40_000,
}


@pytest.mark.parametrize("data", DOCKERFILES.values(), ids=DOCKERFILES.keys())
def test_a_dockerfile_of_any_bytes(grade: Callable[..., Any], submission: Path, data: bytes) -> None:
    (submission / "task1_layers" / "Dockerfile").write_bytes(data)
    graded = grade(submission, "--static")
    assert graded.status == 1
    outcomes = {check.outcome for check in graded.reports["ada"].checks}
    assert Outcome.ERROR not in outcomes
    assert Outcome.FAIL in outcomes
    assert "Traceback" not in graded.complaint


def test_a_copy_of_what_is_not_there(grade: Callable[..., Any], submission: Path) -> None:
    """Docker finds that out while it builds, and the grader before."""
    (submission / "task1_layers" / "Dockerfile").write_text("FROM ubuntu:20.04\nCOPY list.txt .\n")
    builds = grade(submission, "--static").check("builds")
    assert (builds.outcome, builds.line) == (Outcome.FAIL, 2)
    assert "`list.txt`, and there is no such file" in builds.actual


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


KINDS = {"link": _link, "folder": Path.mkdir, "fifo": os.mkfifo}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
def test_a_dockerfile_that_is_no_file(
    grade: Callable[..., Any], submission: Path, make: Callable[[Path], None]
) -> None:
    path = submission / "task1_layers" / "Dockerfile"
    path.unlink()
    make(path)
    graded = grade(submission, "--static")
    assert graded.status == 1
    assert graded.check("starts-from-ubuntu").outcome is Outcome.FAIL
    assert SECRET not in graded.shown + graded.complaint + repr(graded.reports)


def test_a_zip_that_leads_outside(grade: Callable[..., Any], tmp_path: Path) -> None:
    archive = tmp_path / "eve.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../../escaped", "x")
        packed.writestr("task1_layers/Dockerfile", "FROM ubuntu:20.04\n")
    before = set(tmp_path.rglob("*"))
    assert grade(archive, "--static").status == 1
    made = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert made == {"out", "eve.json", "eve.xml", "gradebook.csv", "said", "stdout", "stderr"}
    assert not (tmp_path.parent / "escaped").exists()


def test_a_zip_bomb(grade: Callable[..., Any], tmp_path: Path) -> None:
    archive = tmp_path / "eve.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("task1_layers/Dockerfile", b"0" * 300_000_000)
    graded = grade(archive, "--static")
    assert graded.status == 1
    assert graded.check("starts-from-ubuntu").outcome is Outcome.FAIL


def test_a_tar_with_links(grade: Callable[..., Any], tmp_path: Path) -> None:
    archive = tmp_path / "eve.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo("task1_layers/Dockerfile")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(member)
        device = tarfile.TarInfo("task1_layers/answers.yaml")
        device.type = tarfile.CHRTYPE
        packed.addfile(device)
    graded = grade(archive, "--static")
    assert graded.status == 1
    assert SECRET not in graded.shown + repr(graded.reports)


@pytest.mark.parametrize("data", [b"PK\x03\x04 broken", b"", b"\x1f\x8b\x08broken"])
@pytest.mark.parametrize("name", ["eve.zip", "eve.tar.gz", "eve.rar"])
def test_an_archive_that_is_none(grade: Callable[..., Any], tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    graded = grade(tmp_path / name, "--static")
    assert graded.status in {1, 2}
    assert "Traceback" not in graded.complaint
    assert graded.status == 2 or graded.reports


FORGERIES = {
    "conftest.py": "def pytest_runtest_makereport(item, call): call.excinfo = None\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "sitecustomize.py": "import os; os._exit(0)\n",
    "checks/__init__.py": "raise SystemExit(0)\n",
    "checks/__main__.py": "raise SystemExit(0)\n",
    "checks/check_task1_layers.py": "def check_all(): pass\n",
    "task1_layers/conftest.py": "import os; os._exit(0)\n",
    "task1_layers/lab.yaml": "title: Free points\ntarget: Task1\nedit: []\n",
    "task1_layers/app/main.py": "raise SystemExit(0)\n",
    "task1_layers/Makefile": "all:\n\ttouch /tmp/forged\n",
}


def test_forgeries_have_no_effect(grade: Callable[..., Any], submission: Path) -> None:
    honest = grade(submission, "--static").reports["ada"]
    for name, text in FORGERIES.items():
        path = submission / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    forged = grade(submission, "--static").reports["ada"]
    assert [(check.id, check.outcome, check.score) for check in forged.checks] == [
        (check.id, check.outcome, check.score) for check in honest.checks
    ]


def test_a_terminal_is_not_repainted(grade: Callable[..., Any], submission: Path) -> None:
    (submission / "task1_layers" / "Dockerfile").write_text("FROM ubuntu:20.04\nRUNN \x1b[2J\u202e fake\n")
    graded = grade(submission, "--static")
    assert graded.status == 1
    assert "\x1b" not in graded.shown
    assert "\u202e" not in graded.shown


def test_nobody_elses_report_is_written_over(grade: Callable[..., Any], tmp_path: Path) -> None:
    """The name of the folder is the student's to choose; the place of the report is not."""
    folder = tmp_path / "..json"
    (folder / "task1_layers").mkdir(parents=True)
    graded = grade(folder, "--static")
    assert len(graded.reports) == 1
    assert all(stat.S_ISREG(path.stat().st_mode) for path in (tmp_path / "out").iterdir())


def _zip_of(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_in_a_zip(grade: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "eve.zip").write_bytes(_zip_of("inner.zip", _zip_of("x", b"y")))
    graded = grade(tmp_path / "eve.zip", "--static")
    assert graded.status == 1
    assert "inner.zip" in graded.check("starts-from-ubuntu").actual
