"""Grading a container lab, against the bare docker commands that it cannot do without.

Those are: build (from the cache, but for the layer with the source), run, one request, save (the size and the
waste are read off the layers), and taking all of it away. Both are done in turn. Run: `make benchmark`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from checks.engine import find
from checks.engine.engine import Engine
from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.workspace import make_workspace
from checks.lab import ROOT, all_labs, load_lab

LAB = all_labs()[0].id
ROUNDS = 5


def graded() -> None:
    """The whole grading, from a cold start of the interpreter to the written report."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "checks", "grade", "solutions", "--lab", LAB, "--out", out]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def bare(engine: Engine, folder: Path) -> None:
    """What a person would type, on the same files with one byte of the source changed."""
    with (folder / "app" / "main.py").open("a") as source:
        source.write("\n")
    docker = engine.run_cli
    docker("build", "--quiet", "--tag", "bench-bare", str(folder))
    container = docker("run", "--detach", "--publish", "127.0.0.1::8000", "bench-bare").stdout.strip()
    _answer(docker("port", container, "8000").stdout.split()[0])
    save = [str(engine.cli), "save", "bench-bare"]
    subprocess.run(save, env=dict(engine.environment), stdout=subprocess.DEVNULL, check=True)
    docker("rm", "--force", container)
    docker("rmi", "bench-bare")


def _answer(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://{address}/", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the container never answered")


def seconds(action: Callable[[], None]) -> float:
    """Wall seconds of one go."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def main() -> None:
    """Print a table: medians, and the ratio pair by pair."""
    engine, lab = find("auto"), load_lab(LAB)
    with tempfile.TemporaryDirectory() as room, open_submission(ROOT / "solutions") as submission:
        folder = make_workspace(lab.folder, lab.edit, submission, Path(room) / LAB).root
        graded()
        bare(engine, folder)
        pairs = [(seconds(graded), seconds(lambda: bare(engine, folder))) for _ in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    print(f"| the reference solution of {LAB}, median of {ROUNDS} | seconds |")
    print("| --- | ---: |")
    print(f"| graded, everything included | {statistics.median(ours):.1f} |")
    print(f"| the bare docker commands | {statistics.median(theirs):.1f} |")
    ratios = sorted(mine / bare_one for mine, bare_one in pairs)
    print(
        f"\ngraded / bare, in turn: {ratios[0]:.2f} to {ratios[-1]:.2f}, median {statistics.median(ratios):.2f}"
    )


if __name__ == "__main__":
    main()
