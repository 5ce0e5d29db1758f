"""From a save to the static verdict, as the watch sees it: milliseconds of the wall.

Each save is another text, put in the place of the file as editors do it. Run: `make benchmark`.
"""

import os
import shutil
import statistics
import tempfile
import time
from multiprocessing.connection import wait
from pathlib import Path

from checks.lab import ROOT, Lab, all_labs
from checks.loop.attempts import Attempts, attempts
from checks.loop.changes import saves

SAVES = 15
SECONDS = 120  # for one of them


def saved(path: Path, text: str) -> None:
    """Another text in a file, at once."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.replace(path)


def verdict(changed: int, at_work: Attempts) -> None:
    """Wait for the change, then grade as the watch does, and wait for the report."""
    assert wait([changed], SECONDS), "the change was not seen"
    os.read(changed, 4096)
    at_work.begin("none")
    while at_work.report() is None:
        wait(at_work.signs, SECONDS)


def measured(lab: Lab) -> list[float]:
    """The seconds of each save; the first grading starts the fork server, and does not count."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room, "ada", lab.id)
        shutil.copytree(ROOT / "solutions" / lab.id, folder)
        file = folder / lab.main_file
        text = file.read_text("utf-8")
        with saves(folder.parent, lab) as changed, attempts(folder.parent, lab) as at_work:
            time.sleep(1)
            results = list[float]()
            for number in range(SAVES + 1):
                began = time.monotonic()
                saved(file, f"{text}# {number}\n")
                verdict(changed, at_work)
                results.append(time.monotonic() - began)
    return results[1:]


def main() -> None:
    """Print a table, a row for each lab."""
    print(f"| static verdict after a save, {SAVES} saves | fastest | median | slowest | load |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for lab in all_labs():
        lab.validate()
        walls = measured(lab)
        figures = (min(walls), statistics.median(walls), max(walls))
        row = " | ".join(f"{1000 * seconds:.0f} ms" for seconds in figures)
        print(f"| {lab.id} | {row} | {os.getloadavg()[0]:.1f} |")


if __name__ == "__main__":
    main()
