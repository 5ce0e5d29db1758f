"""A class that is graded without an engine, in a process of its own: it can be interrupted, or lose its cluster."""

import subprocess
import sys
import time
from pathlib import Path

from checks.lab import ROOT

SECONDS = 600


def grading(people: list[Path], out: Path, *words: str) -> subprocess.Popen[str]:
    """Begin to grade Task 1 of these."""
    command = [
        sys.executable,
        "-m",
        "checks",
        "grade",
        *map(str, people),
        "--lab",
        "Task1",
        "--out",
        str(out),
    ]
    return subprocess.Popen(
        [*command, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


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
