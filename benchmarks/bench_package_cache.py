"""A class built anew behind a slow network, with the cache of packages and without it.

    PYTHONPATH=. .venv/bin/python benchmarks/bench_package_cache.py [--mbit 16] [--count 4] [--jobs 2]

The bridge of the embedded engine's builds lets so many Mbit/s through from outside (`tc`, a token bucket): all that
builds and the cache fetch, but not what the cache hands to builds. It needs root, and nothing else should run.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench_containers import Cost, cost, made
from checks.engine import Engine, find, package_cache
from checks.engine.commands import run
from checks.engine.embedded.layout import layout
from checks.engine.standins import ensure_base
from checks.lab import all_labs


@contextmanager
def slow(engine: Engine, mbit: float) -> Iterator[None]:
    """Let so much through to the builds of the embedded engine."""
    assert engine.directory, "the embedded engine: on another, the bridge is not ours"
    bridge = ("dev", layout(engine.directory).bridge, "root")
    bucket = ("tbf", "rate", f"{mbit}mbit", "burst", "64kb", "latency", "400ms")
    run(("tc", "qdisc", "replace", *bridge, *bucket))
    try:
        yield
    finally:
        run(("tc", "qdisc", "del", *bridge))


def graded(count: int, jobs: int) -> Cost:
    """Grade right submissions of the first lab, of which each builds every RUN anew."""
    lab = all_labs()[0]
    with tempfile.TemporaryDirectory() as room:
        return cost(lab, made(lab, count, Path(room, "class"), cold=True), jobs)


def main() -> None:
    """Print both, and how many times as fast the cache makes it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mbit", type=float, default=16)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    asked, engine = parser.parse_args(), find("auto", lambda _: None)
    image = ensure_base(engine, package_cache.IMAGE).image_id
    package_cache.stop(engine)
    graded(1, 1)  # brings the base images
    with slow(engine, asked.mbit):
        without = graded(asked.count, asked.jobs)
        package_cache.start(engine, image)
        try:
            first = graded(1, 1)  # fills the cache
            kept = graded(asked.count, asked.jobs)
        finally:
            package_cache.stop(engine)
    print(f"| {asked.count} cold submissions, --jobs {asked.jobs}, {asked.mbit:g} Mbit/s | wall of each, s |")
    print("| --- | ---: |")
    print(f"| without the cache | {without.wall / asked.count:.1f} |")
    print(f"| one that fills it, alone | {first.wall:.1f} |")
    print(f"| with the cache | {kept.wall / asked.count:.1f} |")
    print(f"\n{without.wall / kept.wall:.2f} times as fast")


if __name__ == "__main__":
    main()
