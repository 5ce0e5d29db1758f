"""`pseudonyms`: say whose work is behind each pseudonym, for the person who has the key."""

import argparse
import csv
import sys
from pathlib import Path

from checks.commands.status import FULL_MARKS, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `pseudonyms`."""
    pseudonyms = commands.add_parser("pseudonyms", help="say whose work is behind each pseudonym, as CSV")
    pseudonyms.add_argument(
        "key", type=Path, metavar="KEYFILE", help="the key that the class was graded with"
    )
    pseudonyms.add_argument("submission", nargs="*", type=Path, metavar="SUBMISSION", help="as for grading")
    pseudonyms.add_argument("--roster", type=Path, metavar="FILE", help="as for grading")
    pseudonyms.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a row for each submission: its pseudonym and its name."""
    from checks.grading.class_files import ClassFileError
    from checks.grading.entries import entries_of
    from checks.grading.pseudonyms import pseudonym, read_key
    from checks.grading.roster import read_roster
    from checks.reports.gradebook import safe_cell

    try:
        key, paths = read_key(arguments.key), arguments.submission
        entries = read_roster(arguments.roster).entries(paths)[0] if arguments.roster else entries_of(paths)
    except ClassFileError as wrong:
        print(f"checks pseudonyms: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["pseudonym", "submission"])
    writer.writerows(sorted((pseudonym(entry.name, key), safe_cell(entry.name)) for entry in entries))
    return FULL_MARKS
