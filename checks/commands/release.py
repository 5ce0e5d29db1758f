"""`release`: write the students' copy of the course, without solutions, mistakes or tests."""

import argparse
import sys
from pathlib import Path

from checks.commands.status import WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `release`."""
    release = commands.add_parser("release", help="write the students' copy of the course")
    release.add_argument("directory", type=Path, metavar="DIR", help="where to; it must not exist yet")
    release.add_argument(
        "--course", metavar="OWNER/REPO@REF", help="with a workflow: this course's checks grade"
    )
    release.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the copy, and print its number of files."""
    from checks.grading.handover import WORKFLOW, PinnedCourse, write_workflow
    from checks.grading.release import ReleaseError, write_release

    try:
        course = PinnedCourse.read(arguments.course) if arguments.course else None
        count = write_release(arguments.directory)
    except ReleaseError as error:
        print(f"checks release: {error}", file=sys.stderr)
        return WRONG_USAGE
    if course is not None:
        write_workflow(arguments.directory, course)
        print(f"{WORKFLOW}: each push is graded with {arguments.course}")
    print(f"{arguments.directory}: {count} files. Students start with its README.")
    return 0
