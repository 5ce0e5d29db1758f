"""Grade right submissions over and over on a machine that is kept busy, and tell of each without full marks.

    .venv/bin/python benchmarks/soak.py --gradings 300 --jobs 3 --burners 8 --neighbour /tmp/neighbour

Each is graded by a process of its own, as anybody's is, `--jobs` at once. `--burners` processes do nothing but
compute. `--neighbour` is the directory of a second embedded engine, started and removed by this script, which makes
containers with ports all the while. What had not full marks is kept in `--out`, report and all that was said; then
the exit status is 1.
"""

import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from checks.commands.status import FULL_MARKS  # noqa: E402
from checks.engine import Engine, EngineError, embedded, find  # noqa: E402
from checks.engine.standins import ensure_base  # noqa: E402
from checks.lab import all_labs  # noqa: E402

BASE = "debian:bookworm"
PORTS = 4  # of each container of the neighbour's


@dataclass(frozen=True)
class Graded:
    """One grading: which labs, how it ended, and how long it took."""

    name: str
    status: int
    seconds: float
    said: str


def grade(number: int, labs: Sequence[str], out: Path) -> Graded:
    """Grade the reference solutions of these labs."""
    name, begun = f"{number:03}-{'-'.join(labs)}", time.monotonic()
    words = [word for lab in labs for word in ("--lab", lab)]
    command = [sys.executable, "-m", "checks", "grade", "solutions", *words, "--out", str(out / name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return Graded(name, done.returncode, time.monotonic() - begun, done.stdout + done.stderr)


def choices(seed: int, names: Sequence[str]) -> Iterator[list[str]]:
    """One lab or two of these, at random, so that the same and others are at work beside each other."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    while True:
        yield chance.sample(names, chance.choice((1, 1, 2)))


@contextmanager
def burning(count: int) -> Iterator[None]:
    """Have so many processes compute."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


@contextmanager
def neighbour(directory: Path) -> Iterator[None]:
    """A second engine at work: containers that come and go, each with ports that the engine chooses."""
    grading, over = find("embedded"), threading.Event()
    assert grading.directory
    if not directory.exists():
        shutil.copytree(
            grading.directory / "tools", directory / "tools", symlinks=True, copy_function=os.link
        )
    engine = embedded.start(directory)
    engine.run_cli("load", "--quiet", stdin=_saved(grading))
    worker = threading.Thread(target=_bustle, args=(engine, over))
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()
        embedded.clean(directory)


def _saved(engine: Engine) -> bytes:
    """A small image that this engine has."""
    command = [str(engine.cli), "save", ensure_base(engine, BASE).name]
    return subprocess.run(command, env=dict(engine.environment), capture_output=True, check=True).stdout


def _bustle(engine: Engine, over: threading.Event) -> None:
    ports = [word for port in range(PORTS) for word in ("--publish", f"127.0.0.1::{9000 + port}")]
    while not over.is_set():
        try:
            engine.run_cli("run", "--rm", *ports, BASE, "sleep", "0.5")
        except EngineError as collided:  # with a port of the engine that grades: that is what it is for
            print(f"the neighbour: {collided}", file=sys.stderr)


def soak(arguments: argparse.Namespace) -> int:
    """Grade, and say of each how it ended."""
    failed, found = list[Graded](), Counter[int]()
    work = itertools.islice(choices(arguments.seed, arguments.labs), arguments.gradings)
    with ThreadPoolExecutor(arguments.jobs) as pool, ExitStack() as load:
        if arguments.neighbour:
            load.enter_context(neighbour(arguments.neighbour))
        load.enter_context(burning(arguments.burners))
        load.callback(pool.shutdown, cancel_futures=True)  # Ctrl-C waits for what has begun alone
        tasks = [pool.submit(grade, number, labs, arguments.out) for number, labs in enumerate(work, 1)]
        for task in as_completed(tasks):
            graded = task.result()
            found[graded.status] += 1
            print(f"{graded.name:40} {graded.seconds:5.0f} s  status {graded.status}", flush=True)
            if graded.status != FULL_MARKS:
                failed.append(graded)
                (arguments.out / f"{graded.name}.txt").write_text(graded.said)
    load_now = os.getloadavg()[0]
    print(
        f"{found[FULL_MARKS]} of {found.total()} had full marks (load {load_now:.0f}, seed {arguments.seed})"
    )
    for graded in failed:
        print(f"\n{graded.name}: status {graded.status}\n{graded.said}")
    return int(bool(failed))


def main() -> int:
    """Read the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--gradings", type=int, default=30, metavar="K", help="how many (30)")
    names = [lab.target for lab in all_labs()]
    parser.add_argument("--labs", nargs="+", choices=names, default=names, help="which labs (all)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="at once (2)")
    parser.add_argument("--burners", type=int, default=0, metavar="M", help="processes that compute (0)")
    parser.add_argument("--neighbour", type=Path, metavar="DIR", help="a second engine, made and removed")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of labs (0)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "soak", help="where reports go")
    return soak(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
