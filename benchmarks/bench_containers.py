"""A class of right submissions with containers: two at a time against one after the other, and what a class costs.

    PYTHONPATH=. .venv/bin/python benchmarks/bench_containers.py [--cold 4] [--sizes 10 20 40] [--jobs 2]

Cold: submissions of the first lab of which each builds every RUN anew, since another variable is set above them.
Sizes: submissions in which that stands below all, so that the layers come from the cache. The processor's time is
that of the whole machine, engine and builds included: nothing else should run.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from checks.commands.status import FULL_MARKS
from checks.lab import ROOT, Lab, all_labs

STAT = Path("/proc/stat")
BUSY = (0, 1, 2, 5, 6)  # user, nice, system, irq, softirq (proc_stat(5)), in ticks of all processors


class Cost(NamedTuple):
    """What one grading of a class cost, in seconds."""

    wall: float
    processor: float


def made(lab: Lab, size: int, room: Path, *, cold: bool) -> list[Path]:
    """Write right submissions into a new folder, each with a variable of its own."""
    for number in range(size):
        folder = room / f"student-{number:03}" / lab.id
        shutil.copytree(lab.solution, folder)
        first, rest = (folder / lab.dockerfile).read_text().split("\n", 1)
        own = f"ENV BENCHMARK={secrets.token_hex(8)}\n"
        text = f"{first}\n{own}{rest}" if cold else f"{first}\n{rest}\n{own}"
        (folder / lab.dockerfile).write_text(text)
    return sorted(room.iterdir())


def cost(lab: Lab, submissions: Sequence[Path], jobs: int) -> Cost:
    """Grade them; all must have full marks."""
    with tempfile.TemporaryDirectory() as out:
        words = ["--lab", lab.id, "--out", out, "--jobs", str(jobs), *map(str, submissions)]
        begun, before = time.monotonic(), _busy()
        done = subprocess.run(
            [sys.executable, "-m", "checks", "grade", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        spent = Cost(time.monotonic() - begun, _busy() - before)
    if done.returncode != FULL_MARKS:
        raise SystemExit(f"no full marks:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return spent


def _busy() -> float:
    ticks = STAT.read_text().split("\n", 1)[0].split()[1:]
    return sum(int(ticks[at]) for at in BUSY) / os.sysconf("SC_CLK_TCK")


def side_by_side(lab: Lab, count: int, jobs: int) -> None:
    """Print how much faster several at a time are, each class built anew."""
    print(
        f"| {count} different right submissions of {lab.id}, cold | wall of each, s | processor of each, s |"
    )
    print("| --- | ---: | ---: |", flush=True)
    walls = []
    for at_once in (1, jobs):
        with tempfile.TemporaryDirectory() as room:
            spent = cost(lab, made(lab, count, Path(room, "class"), cold=True), at_once)
        walls.append(spent.wall)
        print(f"| --jobs {at_once} | {spent.wall / count:.1f} | {spent.processor / count:.1f} |", flush=True)
    print(f"\n--jobs {jobs}: {walls[0] / walls[1]:.2f} times as fast\n")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cold", type=int, default=4)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 20, 40])
    parser.add_argument("--jobs", type=int, default=2)
    arguments, lab = parser.parse_args(), all_labs()[0]
    with tempfile.TemporaryDirectory() as room:
        cost(
            lab, made(lab, arguments.jobs, Path(room, "class"), cold=False), arguments.jobs
        )  # fills the caches
    if arguments.cold:
        side_by_side(lab, arguments.cold, arguments.jobs)
    print("| submissions, from the cache | wall of each, s | processor of each, s |")
    print("| ---: | ---: | ---: |", flush=True)
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as room:
            spent = cost(lab, made(lab, size, Path(room, "class"), cold=False), arguments.jobs)
        print(f"| {size} | {spent.wall / size:.1f} | {spent.processor / size:.1f} |", flush=True)


if __name__ == "__main__":
    main()
