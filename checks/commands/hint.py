"""`hint`: show one hint more for the first thing that is wrong."""

import argparse
import sys
from pathlib import Path

from checks.commands.status import FULL_MARKS, NOT_GRADED, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `hint`."""
    hint = commands.add_parser("hint", help="show one hint more for the first thing that is wrong")
    hint.add_argument("lab", metavar="LAB")
    hint.add_argument("submission", nargs="?", type=Path, default=Path(), metavar="SUBMISSION")
    hint.add_argument("--engine", choices=["auto", "host", "embedded"], default="auto", help="which engine")
    hint.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Show it; the status says whether everything could be judged that had to be."""
    from checks.evidence.submission.limits import SubmissionError
    from checks.lab import LabError, load_lab
    from checks.loop.hinting import help_with, print_help
    from checks.reports.page import Page, open_console
    from checks.reports.progress import Progress

    try:
        lab = load_lab(arguments.lab)
        lab.validate()
        step = Progress.on(sys.stderr).step
        help = help_with(arguments.submission, lab, arguments.engine, step)
    except (LabError, SubmissionError) as wrong:
        print(f"make hint{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    print_help(Page(open_console(sys.stdout)), lab, help)
    return FULL_MARKS if help.hint or help.report.complete else NOT_GRADED
