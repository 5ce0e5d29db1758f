"""Folders that an engine cannot see: here on a mount that only the grader has, as with a virtual machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.engine import sees
from checks.engine.run import Run

PRIVATE = 'mount -t tmpfs none "$1" && mkdir "$1/room" && exec "$2" -c "$3" "$1/room"'
LOOK = """
import pathlib, sys
from checks.engine import find
from checks.engine.run import Run
from checks.engine.standins import ensure_base
from checks.engine.engine import sees
engine, room = find("auto"), pathlib.Path(sys.argv[1])
assert room.is_dir()
print(sees(engine, Run().labels, ensure_base(engine, "debian:bookworm").image_id, room))
"""


def test_a_folder_on_the_same_machine(engine: Engine, run: Run, debian: str, tmp_path: Path) -> None:
    assert sees(engine, run.labels, debian, tmp_path)


@pytest.mark.usefixtures("own_engine", "debian")
def test_a_folder_that_is_not_there_for_the_engine(tmp_path: Path) -> None:
    words = ("unshare", "--mount", "sh", "-c", PRIVATE, "sh", str(tmp_path), sys.executable, LOOK)
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
