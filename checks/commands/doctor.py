"""`doctor`: look at what the course needs of this machine, and say what to do about what is missing."""

import argparse
import sys

from checks.commands.status import FULL_MARKS, NOT_GRADED


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `doctor`, which has no arguments."""
    doctor = commands.add_parser("doctor", help="look at what the course needs of this machine")
    doctor.set_defaults(command=run)


def run(_: argparse.Namespace) -> int:
    """Print a line for each thing; the status says whether the course can work like that."""
    from rich.text import Text

    from checks.lab import all_labs
    from checks.reports.page import Page, open_console
    from checks.reports.values import print_value
    from checks.workbench.doctor import examine

    page, states = Page(open_console(sys.stdout)), set[str]()
    styles = {"ok": "green", "look": "yellow", "bad": "bold red"}
    for found in examine(all_labs()[0].image.base):
        states.add(found.state)
        page.print(Text(f"{found.state:<6}", styles[found.state]), page.line(f"{found.what}: {found.found}"))
        if found.todo:
            print_value(page, "", found.todo, hang=6)
    return NOT_GRADED if "bad" in states else FULL_MARKS
