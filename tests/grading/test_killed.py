"""Killed at any moment, a grading leaves nothing behind after the next one at the latest."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from checks.commands.status import FULL_MARKS, NOT_GRADED
from checks.engine import Engine
from checks.engine.belongings import belongings
from checks.engine.ownership import OWNER_LABEL, is_alive, owner, runs_directory, sweep
from checks.grading.lab import ROOT
from checks.reports import json_v1

COMMAND = [sys.executable, "-m", "checks", "grade", "solutions", "--lab", "Task1", "--engine", "auto"]
# Seconds after its start at which a grading is killed: from its first import to the look into the image.
MOMENTS = (0.1, 0.4, 0.7, 1.0, 1.3, 1.6, 2.0, 2.5, 3.2, 4.0)
SOON_SECONDS = 45  # to clean up on a machine that is busy with other things


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of temporary files that these gradings share with nobody."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_killed_at_ten_moments(engine: Engine, place: Path) -> None:
    for moment in MOMENTS:
        _kill_after(moment, signal.SIGKILL)
    assert subprocess.run([*COMMAND, "--engine", "auto"], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    assert _traces(engine) == []
    assert list(place.glob("graded-lab-*")) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", [0.9, 1.8, 3.0])
def test_interrupted(engine: Engine, place: Path, how: signal.Signals, moment: float) -> None:
    """It cleans up by itself, says that it is not complete, and writes what it knows."""
    status = _kill_after(moment, how, "--out", str(place / "out"))
    assert status in {FULL_MARKS, NOT_GRADED}
    assert _traces(engine) == []
    assert list(place.glob("graded-lab-*")) == []
    for report in (place / "out").glob("*.json"):
        assert json_v1.load(report.read_text()).complete == (status == FULL_MARKS)


@pytest.mark.usefixtures("place")
def test_killed_while_it_builds(engine: Engine, submission: Path) -> None:
    """The client dies with its grader, and the build with its client."""
    dockerfile = submission / "task1_layers" / "Dockerfile"
    dockerfile.write_text(f"FROM ubuntu:20.04\nRUN sleep 30 # {secrets.token_hex(8)}\n")
    words = [*COMMAND[:4], str(submission), "--lab", "Task1"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    while b"builds" not in process.stderr.readline():
        pass
    time.sleep(1)
    process.kill()
    process.wait()
    process.stderr.close()
    sweep(engine)
    assert _traces(engine) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_it_has_begun(how: signal.Signals) -> None:
    """From the moment that it heeds signals, there is no traceback and no death by one."""
    process = subprocess.Popen(COMMAND, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not _heeds(process.pid):
        time.sleep(0.001)
    process.send_signal(how)
    _, complaint = process.communicate(timeout=SOON_SECONDS)
    assert process.returncode == NOT_GRADED
    assert "Traceback" not in complaint
    assert "interrupted" in complaint


def _heeds(pid: int) -> bool:
    """Whether it catches SIGTERM by now, which Python alone does not."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], base=16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def _kill_after(seconds: float, how: signal.Signals, *words: str) -> int:
    process = subprocess.Popen(
        [*COMMAND, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if how is not signal.SIGKILL:
        while not _heeds(process.pid):
            time.sleep(0.001)
    time.sleep(seconds)
    os.kill(process.pid, how)
    return process.wait(SOON_SECONDS)


def _traces(engine: Engine) -> list[str]:
    """What there is of this owner's dead runs; other gradings may be at work meanwhile."""
    mine = f"{OWNER_LABEL}={owner()}"
    found = [f"{thing.kind} {thing.id}" for thing in belongings(engine, mine) if not is_alive(thing.run)]
    found += [path.name for path in runs_directory().glob("graded-lab-*") if not is_alive(path.name[:23])]
    return [*found, *_clients()]


def _clients() -> list[str]:
    """Docker clients that nobody waits for: their parent is gone, or their run."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_text(errors="replace").split("\0")
        except OSError:
            continue
        runs = [word.partition("=")[2] for word in words if word.startswith("graded-docker-lab.run=")]
        found += [f"process {words[0]}" for run in runs if not is_alive(run)]
    return found
