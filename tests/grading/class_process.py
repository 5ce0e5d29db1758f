"""A class that is graded without an engine, in a process of its own: it can be interrupted, or lose its cluster."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from checks.commands.status import NOT_GRADED
from checks.lab import ROOT

SECONDS = 600


def grading(people: Sequence[Path], out: Path, *words: str) -> subprocess.Popen[str]:
    """Begin to grade Task 1 of these."""
    return begun("grade", *map(str, people), "--lab", "Task1", "--out", str(out), *words)


def begun(*words: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Begin `python -m checks` with these words."""
    return subprocess.Popen(
        [sys.executable, "-m", "checks", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt(process: "subprocess.Popen[str]", out: Path, count: int) -> None:
    """Interrupt it when there are so many results; it must end by itself, and say how to go on."""
    wait_for(out, count, process)
    process.send_signal(signal.SIGINT)
    status, told = ended(process)
    assert status == NOT_GRADED, told
    assert "the same command" in told
    assert "goes on from there" in told


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit status and what it told."""
    _, told = process.communicate(timeout=SECONDS)
    assert "Traceback" not in told, told
    return process.returncode, told


def wait_for(out: Path, count: int, process: "subprocess.Popen[str]") -> None:
    """Wait until so many results are written."""
    while len(list(out.glob("*.json"))) < count:
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
