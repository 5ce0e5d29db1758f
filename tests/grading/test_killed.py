"""A grading that is killed at any moment leaves nothing behind once the next one has run."""

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
from checks.engine.reaper import labelled, sweep
from checks.engine.run import OWNER_LABEL, is_alive, owner, runs_directory
from checks.lab import ROOT
from checks.reports import json_v1

# Runs on the worker of tests/engine/test_reaper.py: each looks at what dead runs have left.
pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

COMMAND = [sys.executable, "-m", "checks", "grade", "solutions", "--lab", "Task1", "--engine", "auto"]
# Seconds after its start at which a grading is killed: from its first import to the look into the image.
MOMENTS = (0.1, 0.4, 0.7, 1.0, 1.3, 1.6, 2.0, 2.5, 3.2, 4.0)
# What it says when it comes there, the first of which is nothing.
SIGNS = ("", "looks for an engine", "looks for the base image", "builds", "looks into the image")
SOON_SECONDS = 600  # to clean up on a machine that is busy with other things


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of temporary files that these gradings share with nobody."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_killed_at_ten_moments(engine: Engine, place: Path) -> None:
    for moment in MOMENTS:
        _kill_after(moment)
    done = subprocess.run([*COMMAND, "--engine", "auto"], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == FULL_MARKS
    assert _traces(engine) == []
    assert list(place.glob("graded-lab-*")) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("sign", SIGNS)
def test_interrupted(engine: Engine, place: Path, how: signal.Signals, sign: str) -> None:
    """It cleans up by itself, says that it is not complete, and writes what it knows."""
    status, complaint = _interrupt(sign, how, *COMMAND, "--out", str(place / "out"))
    assert "Traceback" not in complaint
    assert status in {FULL_MARKS, NOT_GRADED}
    assert _traces(engine) == []
    assert list(place.glob("graded-lab-*")) == []
    for report in (place / "out").glob("*.json"):
        assert json_v1.load(report.read_text()).complete == (status == FULL_MARKS)


@pytest.mark.parametrize("seconds", [0.05 * number for number in range(1, 11)])
def test_interrupted_while_it_imports(seconds: float) -> None:
    """Whenever it is, somewhere in there or past it: the status is never that of a death by a signal."""
    static = [word for word in COMMAND if word not in {"--engine", "auto"}]
    status, complaint = _interrupt("", signal.SIGINT, *static, "--static", wait=seconds)
    assert "Traceback" not in complaint
    assert status in {FULL_MARKS, NOT_GRADED}


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
    status, complaint = _interrupt("", how, *COMMAND)
    assert status == NOT_GRADED
    assert "Traceback" not in complaint
    assert "interrupted" in complaint


def _interrupt(sign: str, how: signal.Signals, *words: str, wait: float = 0) -> tuple[int, str]:
    """Its exit status and its complaint, when the signal comes once it has said that."""
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    while not _heeds(process.pid):  # before that, the status is the shell's
        time.sleep(0.001)
    while sign and (line := process.stderr.readline()) and sign not in line:
        pass
    time.sleep(wait)
    process.send_signal(how)
    _, complaint = process.communicate(timeout=SOON_SECONDS)
    return process.returncode, complaint


def _heeds(pid: int) -> bool:
    """Whether it catches SIGTERM by now, which Python alone does not."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], base=16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def _kill_after(seconds: float) -> None:
    process = subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    process.wait(SOON_SECONDS)


def _traces(engine: Engine) -> list[str]:
    """What there is of this owner's dead runs, twice: another's run may end while somebody looks."""
    return sorted({*_seen(engine)} & {*_seen(engine)})


def _seen(engine: Engine) -> list[str]:
    mine = f"{OWNER_LABEL}={owner()}"
    found = [f"{thing.kind} {thing.id}" for thing in labelled(engine, mine) if not is_alive(thing.run)]
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
