"""Removing folders as containers leave them: deep, locked, or full of links."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.grading.scratch import PREFIX, remove_tree, room, sweep_rooms

pytestmark = pytest.mark.slow

DEPTH = 1200  # beyond what a function may call itself


def deep(folder: Path) -> None:
    """As a container makes them: no path is ever as long as they are deep."""
    code = f"import os\nfor _ in range({DEPTH}): os.mkdir('d'); os.chdir('d'); open('f', 'w').close()"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)


def wide(folder: Path) -> None:
    for number in range(12_000):
        (folder / str(number)).touch()


def locked(folder: Path) -> None:
    (folder / "a/b/c").mkdir(parents=True)
    (folder / "a/b/c/file").touch(mode=0)
    (folder / "a/b").chmod(0o000)
    (folder / "a").chmod(0o500)


def of_others(folder: Path) -> None:
    (folder / "theirs/inner").mkdir(parents=True)
    if os.getuid() == 0:
        os.chown(folder / "theirs/inner", 4321, 4321)
        os.chown(folder / "theirs", 4321, 4321)


def strange(folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    (folder / "-rf").touch()
    (folder / "two\nlines").mkdir()
    Path(os.fsdecode(bytes(folder) + b"/\xff\xfe")).mkdir()
    (folder / "loop").symlink_to("loop")


@pytest.mark.parametrize("made", [deep, wide, locked, of_others, strange], ids=lambda made: made.__name__)
def test_it_is_gone(made: Callable[[Path], None], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    made(folder)
    assert remove_tree(folder)
    assert not folder.exists()


@pytest.mark.parametrize("link", ["to a folder", "to a locked folder", "to a file", "of its own name"])
def test_no_link_is_followed(link: str, tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    (outside / "file").write_text("mine")
    outside.chmod(0o500 if "locked" in link else 0o755)
    folder.mkdir()
    (folder / "inner").symlink_to(outside / "file" if "file" in link else outside)
    if link == "of its own name":
        folder = tmp_path / "link"
        folder.symlink_to(outside)
    assert remove_tree(folder) == (link != "of its own name")
    assert (outside / "file").read_text() == "mine"
    assert outside.stat().st_mode & 0o777 == (0o500 if "locked" in link else 0o755)


def test_what_is_not_there_is_gone(tmp_path: Path) -> None:
    assert remove_tree(tmp_path / "nothing")


def test_a_room_goes_with_all_that_was_put_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with room() as place:
        deep(place)
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_that_fails_is_told_once_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a user may not remove is stood in for: root, who runs these tests in most places, may remove all."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    monkeypatch.setattr("checks.grading.scratch.remove_tree", lambda _path: False)
    sweep_rooms(tmp_path)
    sweep_rooms(tmp_path)
    assert capsys.readouterr().err.count(str(left)) == 1
