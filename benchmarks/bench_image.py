"""`read_image` against the least that looking into an image can cost, and against dive.

    PYTHONPATH=. .venv/bin/python benchmarks/bench_image.py [IMAGE] [--repeat N]

Without IMAGE, one of nearly 400 MB is built on `python:3.8.12-slim` (or its stand-in) and removed
afterwards. Each repetition runs every candidate once, so that a busy machine is busy for all of them. Each
is a process of its own, whose wall time and peak memory are measured from outside (`wait4`); the table has
the medians.
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from checks.engine import Engine, find
from checks.engine.standins import ensure_base

ROOT = Path(__file__).resolve().parents[1]
BASE = "python:3.8.12-slim"
BYTES = 400_000_000
DOCKERFILE = f"""\
FROM {BASE}
COPY data/0 /srv/0
COPY data/1 /srv/1
RUN rm -r /srv/1/a
COPY data/2 /srv/1
RUN touch /srv/1/b*
"""
READ = ROOT / "benchmarks" / "read_saved.py"


@contextmanager
def built(engine: Engine) -> Iterator[str]:
    """An image of `BYTES` on the base: thousands of small files, some large ones, waste of every kind."""
    ensure_base(engine, BASE)
    missing = max(BYTES - engine.client.images.get(BASE).attrs["Size"], 3_000_000)
    name = f"bench-image:{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        (context / "Dockerfile").write_text(DOCKERFILE)
        for part in "012":
            _fill(context / "data" / part, missing // 4)
        engine.run_cli("build", "-q", "-t", name, folder)
    try:
        yield name
    finally:
        engine.client.images.remove(name, force=True)


def _fill(folder: Path, size: int) -> None:
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "large").write_bytes(os.urandom(size // 2))
    for index in range(2000):
        (folder / f"b{index}").write_bytes(os.urandom(size // 4000))


def measure(command: Sequence[str | Path], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of wall time, and peak memory in MB of the largest process of the command."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command[:2]))} ... failed with {child.returncode}")
    return seconds, usage.ru_maxrss / 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", nargs="?")
    parser.add_argument("--repeat", type=int, default=7)
    arguments = parser.parse_args()
    engine = find("auto")
    if arguments.image:
        compare(engine, arguments.image, arguments.repeat)
    else:
        with built(engine) as name:
            compare(engine, name, arguments.repeat)


def compare(engine: Engine, image: str, repeat: int) -> None:
    """Measure every candidate on one image."""
    attributes = engine.client.images.get(image).attrs
    base = engine.client.images.get(BASE).attrs["RootFS"]["Layers"]
    environment = {**engine.environment, "PYTHONPATH": str(ROOT)}
    read: list[str | Path] = [sys.executable, READ, engine.cli, image]
    candidates: dict[str, list[str | Path]] = {
        "docker save > /dev/null": [engine.cli, "save", image],
        "read_image, no canary": [*read, "0"],
        "read_image, 5 canaries above the base": [*read, "5", *base],
        "read_image, 5 canaries in all layers": [*read, "5"],
        "dive --json": [Path(sys.executable).with_name("dive"), image, "--json", os.devnull],
    }
    runs = {label: [] for label in candidates}  # type: dict[str, list[tuple[float, float]]]
    for _ in range(repeat):
        for label, command in candidates.items():
            runs[label].append(measure(command, environment))
    print(
        f"{attributes['Size'] / 1e6:.0f} MB, {len(attributes['RootFS']['Layers'])} layers, median of {repeat}"
    )
    least = statistics.median(seconds for seconds, _ in next(iter(runs.values())))
    for label, measured in runs.items():
        seconds = statistics.median(wall for wall, _ in measured)
        print(f"{label:40}{seconds:8.2f} s{seconds / least:7.2f} x{max(mb for _, mb in measured):8.0f} MB")


if __name__ == "__main__":
    main()
