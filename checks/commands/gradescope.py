"""`gradescope`: write the zip that Gradescope takes as an autograder of one lab."""

import argparse
import sys
from pathlib import Path

from checks.commands.status import WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `gradescope`."""
    gradescope = commands.add_parser(
        "gradescope", help="write Gradescope's autograder of a lab (static checks)"
    )
    gradescope.add_argument("lab", metavar="LAB", help="the lab's folder or target")
    gradescope.add_argument("file", type=Path, metavar="FILE", help="the zip to write")
    gradescope.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the zip, and print what to do with it."""
    from checks.grading.catalog import planned
    from checks.grading.handover import write_gradescope_zip
    from checks.grading.release import ReleaseError
    from checks.lab import LabError, load_lab

    try:
        lab = load_lab(arguments.lab)
        write_gradescope_zip(arguments.file, lab)
    except (LabError, ReleaseError) as error:
        print(f"checks gradescope: {error}", file=sys.stderr)
        return WRONG_USAGE
    points = sum(check.max_score for check in planned(lab).checks if check.kind == "static")
    print(f"{arguments.file}: upload it under Configure Autograder. Only static checks are graded there:")
    print(f"give the assignment {points} autograder points.")
    return 0
