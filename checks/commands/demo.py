"""`demo`: grade a small class, made of the reference solution, the starter and typical mistakes."""

import argparse
import shutil
import sys
from pathlib import Path

from checks.commands.status import FULL_MARKS, NOT_GRADED, WRONG_USAGE

LAB = "task1_layers"
# A class as it is: who did what, by the name of an overlay in tests/labs; None is the reference solution.
CLASS = {
    "ada": None,
    "ben": "one-command-per-run",
    "cleo": "packages-are-pinned",
    "dev": "exposes-8000",
    "eva": "cmd-serves-on-all-interfaces",
    "finn": "builds",
}


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The words of `demo`."""
    demo = commands.add_parser("demo", help="grade a small class and write its gradebook")
    demo.add_argument("directory", type=Path, metavar="DIR", help="where the submissions and the reports go")
    demo.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the class, grade it, and say where everything is; that points are missing is as it should be."""
    from checks.__main__ import main
    from checks.lab import ROOT

    if not (ROOT / "solutions").is_dir():
        print("checks demo: the demo needs the instructors' copy of the course", file=sys.stderr)
        return WRONG_USAGE
    shutil.rmtree(arguments.directory, ignore_errors=True)
    paths = make_class(ROOT, arguments.directory / "submissions")
    status = main(["grade", *map(str, paths), "--lab", LAB, "--out", str(arguments.directory)])
    print(f"\nThe reports and the gradebook are in {arguments.directory}/", file=sys.stderr)
    return status if status >= NOT_GRADED else FULL_MARKS


def make_class(root: Path, directory: Path) -> list[Path]:
    """Each submission as it would arrive: zips, a folder left as it was, and a zip that broke on its way."""
    paths = [_zip(_work(root, directory / name, mistake)) for name, mistake in CLASS.items()]
    starter = directory / "gil"
    shutil.copytree(root / LAB, starter / LAB)
    broken = directory / "hana.zip"
    broken.write_bytes(paths[0].read_bytes()[:200])
    return [*paths, starter, broken]


def _work(root: Path, folder: Path, mistake: str | None) -> Path:
    shutil.copytree(root / "solutions" / LAB, folder / LAB)
    if mistake is not None:
        shutil.copytree(
            root / "tests" / "labs" / LAB / "mistakes" / mistake, folder / LAB, dirs_exist_ok=True
        )
    return folder


def _zip(folder: Path) -> Path:
    archive = shutil.make_archive(str(folder), "zip", folder)
    shutil.rmtree(folder)
    return Path(archive)
