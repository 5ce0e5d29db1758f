"""`compare`: say which checks changed for whom between two gradings, with the old and the new score."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.status import WRONG_USAGE

if TYPE_CHECKING:
    from checks.outcomes import Report

    Side = tuple[Path, list[Report]]

SAME, CHANGED = range(2)


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `compare`."""
    compare = commands.add_parser(
        "compare", help="say what changed between two gradings; exit status 1 if anything did"
    )
    compare.add_argument("older", type=Path, metavar="A", help="a folder of results, or one report")
    compare.add_argument(
        "newer",
        nargs="?",
        type=Path,
        metavar="B",
        help="the same, graded later (A and what it keeps, if left out)",
    )
    compare.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the changes; return 0 if there is none, 1 if there are some, 2 if there is no report to compare."""
    from checks.reports.comparison import changes, print_changes
    from checks.reports.page import open_console

    older, newer = _sides(arguments.older, arguments.newer)
    for path, reports in (older, newer):
        if not reports:
            print(f"checks compare: {path}: there is no report of `checks grade --out`", file=sys.stderr)
            return WRONG_USAGE
    found = list(changes(older[1], newer[1]))
    print_changes(found, open_console(sys.stdout))
    return CHANGED if found else SAME


def _sides(one: Path, other: Path | None) -> tuple["Side", "Side"]:
    """Return both sides; with one folder, what its last gradings replaced, and what replaced it."""
    from checks.grading.results import EARLIER

    if other is not None:
        return (one, _reports(one)), (other, _reports(other))
    older = _reports(one / EARLIER)
    names = {report.submission for report in older}
    return (one / EARLIER, older), (
        one,
        [new for new in _reports(one) if new.submission in names or not names],
    )


def _reports(path: Path) -> list["Report"]:
    from checks.grading.results import read_report, reports_in

    if path.is_dir():
        return reports_in(path)
    report = read_report(path)
    return [report] if report else []
