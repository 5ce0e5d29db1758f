import errno
import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from checks.evidence.submission import folder as folder_module
from checks.evidence.submission.limits import DEFAULT_LIMITS, MIB, Refused, SubmissionError, SubmissionRefused
from checks.evidence.submission.submission import open_submission

DOCKERFILE = "task1_layers/Dockerfile"
NOBODY = 65534


@pytest.fixture
def ada(tmp_path: Path) -> Path:
    (tmp_path / "ada" / "task1_layers").mkdir(parents=True)
    (tmp_path / "secret").write_text("outside")
    return tmp_path / "ada"


def refused(root: Path, name: str = DOCKERFILE) -> str:
    with open_submission(root) as submission, pytest.raises(Refused) as caught:
        submission.read(name)
    return str(caught.value)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so a missing right shows only to someone else."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def reachable_by_nobody(path: Path) -> None:
    for above in [path, *path.parents][: len(path.parts) - 2]:
        above.chmod(above.stat().st_mode | 0o055)


def test_files_are_read_and_absent_ones_are_none(ada: Path) -> None:
    (ada / DOCKERFILE).write_bytes(b"FROM a\r\n")
    with open_submission(ada) as submission:
        assert submission.read(DOCKERFILE) == b"FROM a\r\n"
        assert submission.read("task1_layers/none") is None
        assert submission.read("task2_caching/none/at/all") is None
        assert submission.labs == ("task1_layers",)
        assert not submission.has_folder("task2_caching")


def test_a_folder_one_level_deeper_is_found(ada: Path) -> None:
    (ada / DOCKERFILE).write_bytes(b"FROM a")
    (ada.parent / "secret").unlink()
    (ada.parent / ".hidden").mkdir()
    with open_submission(ada.parent) as submission:
        assert submission.read(DOCKERFILE) == b"FROM a"
        assert submission.has_folder("task1_layers")


def test_a_link_out_of_the_submission_is_never_followed(ada: Path) -> None:
    (ada / DOCKERFILE).symlink_to(ada.parent / "secret")
    assert "symbolic link" in refused(ada)


def test_a_link_inside_the_submission_is_not_followed_either(ada: Path) -> None:
    (ada / "real").write_text("x")
    (ada / DOCKERFILE).symlink_to("../real")
    assert "symbolic link" in refused(ada)


def test_a_dangling_link_is_no_missing_file(ada: Path) -> None:
    (ada / DOCKERFILE).symlink_to("nowhere")
    assert "symbolic link" in refused(ada)


def test_a_folder_that_is_a_link_is_never_entered(ada: Path) -> None:
    (ada.parent / "elsewhere").mkdir()
    (ada.parent / "elsewhere" / "Dockerfile").write_text("FROM a")
    (ada / "task2_caching").symlink_to(ada.parent / "elsewhere")
    assert "task2_caching is a symbolic link" in refused(ada, "task2_caching/Dockerfile")
    with open_submission(ada) as submission:
        assert submission.has_folder("task2_caching")
        assert "task2_caching" not in submission.labs


def test_a_link_that_is_put_in_place_after_the_look_is_not_followed(
    ada: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ada / DOCKERFILE).symlink_to(ada.parent / "secret")
    monkeypatch.setattr(
        folder_module, "_refuse_unless", lambda *_: None
    )  # the look saw a file, then a folder
    assert "symbolic link" in refused(ada)
    (ada / "task2_caching").symlink_to(ada / "task1_layers")
    refused(ada, "task2_caching/Dockerfile")


def test_a_named_pipe_neither_hangs_nor_is_read(ada: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(ada / DOCKERFILE)
    assert "named pipe" in refused(ada)
    monkeypatch.setattr(folder_module, "_refuse_unless", lambda *_: None)
    assert "named pipe" in refused(ada)


def test_a_socket_a_device_and_a_folder_are_not_read(ada: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ada)  # the path of a socket may be 108 bytes long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(DOCKERFILE)
        assert "socket" in refused(ada)
    assert "a folder, not a file" in refused(ada, "task1_layers")
    assert "a device" in refused(Path("/dev"), "null")


def test_a_file_where_a_folder_should_be_is_named(ada: Path) -> None:
    (ada / "task2_caching").write_text("x")
    assert "task2_caching is a file, not a folder" in refused(ada, "task2_caching/Dockerfile")


def test_a_file_above_the_limit_is_refused_by_name(ada: Path) -> None:
    (ada / DOCKERFILE).write_bytes(bytes(2 * MIB))
    with open_submission(ada) as submission:
        assert submission.read(DOCKERFILE) == bytes(2 * MIB)
    (ada / DOCKERFILE).write_bytes(bytes(2 * MIB + 1))
    assert "2 MiB" in refused(ada)


def test_a_sparse_terabyte_costs_nothing(ada: Path) -> None:
    with (ada / DOCKERFILE).open("wb") as file:
        file.truncate(1 << 40)
    assert "2 MiB" in refused(ada)


def test_an_unreadable_file_and_folder_are_named(ada: Path) -> None:
    (ada / DOCKERFILE).write_text("x")
    reachable_by_nobody(ada / "task1_layers")
    (ada / DOCKERFILE).chmod(0)
    with as_nobody():
        assert "permission denied" in refused(ada)
    (ada / "task1_layers").chmod(0)
    with as_nobody():
        assert "permission denied" in refused(ada)
    ada.chmod(0)
    with as_nobody(), pytest.raises(SubmissionError, match="permission denied"):
        open_submission(ada)
    ada.chmod(0o755)


def test_an_unreadable_archive_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "ada.zip").write_bytes(b"PK")
    reachable_by_nobody(tmp_path)
    (tmp_path / "ada.zip").chmod(0)
    with as_nobody(), pytest.raises(SubmissionError, match="permission denied"):
        open_submission(tmp_path / "ada.zip")
    with pytest.raises(SubmissionError, match="no name"):
        open_submission(tmp_path / "a\0b")


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/../../secret", "", ".", "a//b", "a/", "a\0b"]
)
def test_a_name_that_leads_out_is_refused(ada: Path, name: str) -> None:
    assert "inside a submission" in refused(ada, name)


def test_an_empty_folder_and_one_with_only_an_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / ".DS_Store").touch()
    with pytest.raises(SubmissionRefused, match="nothing in it"):
        open_submission(tmp_path)
    (tmp_path / "work.zip").touch()
    with pytest.raises(SubmissionRefused, match=r"work\.zip"):
        open_submission(tmp_path)


def test_a_folder_with_too_many_entries_is_refused(ada: Path) -> None:
    for n in range(5):
        (ada / str(n)).touch()
    with pytest.raises(SubmissionRefused, match="4 entries"):
        open_submission(ada, replace(DEFAULT_LIMITS, members=4))


def test_a_pipe_or_a_device_as_submission_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert not stat.S_ISREG(path.stat().st_mode)
        with pytest.raises(SubmissionError, match="neither"):
            open_submission(path)


def test_descriptors_are_given_back(ada: Path) -> None:
    (ada / DOCKERFILE).symlink_to("nowhere")
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        refused(ada)
        with open_submission(ada) as submission:
            submission.read("task1_layers/none/below")
    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ENOMEM, errno.ESTALE])
def test_a_disk_that_fails_is_no_fault_of_the_file(
    ada: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The error is raised here where a disk would: none fails when a test wants it to."""
    (ada / DOCKERFILE).write_bytes(b"FROM a")

    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with open_submission(ada) as submission:
        monkeypatch.setattr(folder_module, "read_at_most", fails)
        with pytest.raises(OSError, match=re.escape(os.strerror(number))):
            submission.read(DOCKERFILE)
