"""`release`: write the students' copy of the course: no solution, no mistake, no test of ours in it."""

import argparse
import sys
from pathlib import Path

from checks.commands.status import WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The words of `release`."""
    release = commands.add_parser("release", help="write the students' copy of the course")
    release.add_argument("directory", type=Path, metavar="DIR", help="where to; it must not exist yet")
    release.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write it, and say how many files it has."""
    from checks.grading.release import ReleaseError, write_release

    try:
        count = write_release(arguments.directory)
    except ReleaseError as error:
        print(f"checks release: {error}", file=sys.stderr)
        return WRONG_USAGE
    print(f"{arguments.directory}: {count} files. Students start with its README.")
    return 0
