"""`classroom50`: write the script that Classroom 50 takes as an autograder of one lab."""

import argparse
import sys
from pathlib import Path

from checks.commands.status import WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `classroom50`."""
    classroom50 = commands.add_parser("classroom50", help="write Classroom 50's autograder of a lab")
    classroom50.add_argument("lab", metavar="LAB", help="the lab's folder or target")
    classroom50.add_argument("course", metavar="COURSE", help="owner/repository@ref, whose checks grade")
    classroom50.add_argument("file", type=Path, metavar="FILE", help="the script to write")
    classroom50.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the script, and print where it goes."""
    from checks.grading.handover import PinnedCourse, write_autograder
    from checks.grading.release import ReleaseError
    from checks.lab import LabError, load_lab

    try:
        write_autograder(arguments.file, PinnedCourse.read(arguments.course), load_lab(arguments.lab))
    except (LabError, ReleaseError) as error:
        print(f"checks classroom50: {error}", file=sys.stderr)
        return WRONG_USAGE
    print(f"{arguments.file}: put it into CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 repository.")
    return 0
