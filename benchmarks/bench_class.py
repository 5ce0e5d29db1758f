"""A class of static submissions: CPU of all processes for each, and the peak of the largest process.

    PYTHONPATH=. .venv/bin/python benchmarks/bench_class.py [--sizes 100 200 400] [--lab LAB]

Two in three are the reference solution of one lab, the third has one of the mistakes of its tests. A class of two
is graded beside each, and what it costs (Python's start, the fork server's imports) is taken off.
"""

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from checks.lab import ROOT, all_labs, load_lab

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER in prctl(2): the fork server's end is then ours to wait for
LEAST = 2


class Cost(NamedTuple):
    """What one class cost."""

    cpu: float
    wall: float
    peak_mb: float


def made(lab: str, size: int, room: Path) -> list[Path]:
    """A class of this size, in folders."""
    mistakes = sorted((ROOT / "tests" / "labs" / lab / "mistakes").iterdir())
    for number in range(size):
        folder = room / f"student-{number:04}" / lab
        shutil.copytree(ROOT / "solutions" / lab, folder)
        if number % 3 == 0:
            shutil.copytree(mistakes[number // 3 % len(mistakes)], folder, dirs_exist_ok=True)
    return sorted(room.iterdir())


def cost(lab: str, submissions: Sequence[Path], out: Path) -> Cost:
    """Grade them in a process of which all descendants are counted."""
    words = ["--static", "--lab", lab, "--out", str(out), *map(str, submissions)]
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
        begun = time.monotonic()
        command = [sys.executable, "-m", "checks", "grade", *words]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # wrong ones have a status
        wall = time.monotonic() - begun
        while _waited():
            pass
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writing, f"{used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss / 1000}".encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading, "rb") as told:  # noqa: PTH123 - a descriptor
        return Cost(*map(float, told.read().split()))


def _waited() -> bool:
    try:
        os.wait()
    except ChildProcessError:
        return False
    return True


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--lab", default=all_labs()[1].id)
    arguments = parser.parse_args()
    lab = load_lab(arguments.lab).id
    print("| submissions | CPU of each, ms | wall of each, ms | peak memory of a process, MB |")
    print("| ---: | ---: | ---: | ---: |")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as room:
            submissions = made(lab, size, Path(room, "class"))
            least = cost(lab, submissions[:LEAST], Path(room, "two"))
            whole = cost(lab, submissions, Path(room, "all"))
        cpu, wall = ((whole[at] - least[at]) / (size - LEAST) * 1000 for at in (0, 1))
        print(f"| {size} | {cpu:.0f} | {wall:.0f} | {whole.peak_mb:.0f} |", flush=True)


if __name__ == "__main__":
    main()
