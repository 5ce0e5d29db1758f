"""`demo`: grade a small class made from the reference solution, the starter and typical mistakes."""

import argparse
import shutil
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.author_only import is_refused
from checks.commands.status import FULL_MARKS, NOT_GRADED, WRONG_USAGE

if TYPE_CHECKING:
    from checks.lab import Lab

MISTAKEN = ("ben", "cleo", "dev", "eva", "finn")


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `demo`."""
    demo = commands.add_parser("demo", help="grade a small class and write its gradebook and class page")
    demo.add_argument("directory", type=Path, metavar="DIR", help="where the submissions and the reports go")
    demo.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the class, grade it, and say where the files are; missing points are expected and do not fail it."""
    if is_refused("demo"):
        return WRONG_USAGE
    from checks.commands import grade
    from checks.lab import ROOT, all_labs

    if not (ROOT / "solutions").is_dir():
        print("checks demo: the demo needs the instructors' copy of the course", file=sys.stderr)
        return WRONG_USAGE
    shutil.rmtree(arguments.directory, ignore_errors=True)
    lab = all_labs()[0]
    paths = make_class(ROOT, lab, arguments.directory / "submissions")
    words = argparse.ArgumentParser()
    grade.declare(words.add_subparsers())
    options = ["--lab", lab.id, "--format", "html", "--out", str(arguments.directory)]
    asked = ["grade", *map(str, paths), *options]
    status = grade.run(words.parse_args(asked))
    print(f"\nThe reports and the gradebook are in {arguments.directory}/", file=sys.stderr)
    print(f"Open the class page in a browser: {arguments.directory}/html/index.html", file=sys.stderr)
    return status if status >= NOT_GRADED else FULL_MARKS


def make_class(root: Path, lab: "Lab", directory: Path) -> list[Path]:
    """Write the submissions as they would arrive: zips, an unchanged starter folder, and a broken zip."""
    solution = root / "solutions" / lab.id
    overlays = [solution, *mistakes(root, lab, len(MISTAKEN))]
    works = [
        _work(directory / name / lab.id, solution, overlay)
        for name, overlay in zip(("ada", *MISTAKEN), overlays, strict=False)
    ]
    paths = [_zip(work.parent) for work in works]
    starter = directory / "gil"
    shutil.copytree(lab.starter, starter / lab.id)
    broken = directory / "hana.zip"
    broken.write_bytes(paths[0].read_bytes()[:200])
    return [*paths, starter, broken]


def mistakes(root: Path, lab: "Lab", count: int) -> list[Path]:
    """Return the mistakes that come last in the main file, so that the class shares the cache of earlier lines."""
    solution = root / "solutions" / lab.id / lab.main_file
    overlays = sorted((root / "tests" / "labs" / lab.id / "mistakes").glob(f"*/{lab.main_file}"))
    overlays.sort(key=lambda overlay: -_lines_shared(solution, overlay))
    return [overlay.parent for overlay in overlays[:count]]


def _lines_shared(one: Path, other: Path) -> int:
    """Count the equal lines at the start of two files."""
    pairs = zip(*(path.read_text("utf-8").splitlines() for path in (one, other)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _work(folder: Path, solution: Path, overlay: Path) -> Path:
    shutil.copytree(solution, folder)
    shutil.copytree(overlay, folder, dirs_exist_ok=True)
    return folder


def _zip(folder: Path) -> Path:
    archive = shutil.make_archive(str(folder), "zip", folder)
    shutil.rmtree(folder)
    return Path(archive)
