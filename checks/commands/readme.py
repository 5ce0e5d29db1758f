"""`readme`: write each lab's table of checks into its README, or say that one has drifted."""

import argparse
import sys

from checks.commands.status import POINTS_MISSING


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The words of `readme`."""
    readme = commands.add_parser("readme", help="renew the table of checks in every lab's README")
    readme.add_argument("--check", action="store_true", help="change nothing; exit 1 when one has drifted")
    readme.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Renew, or compare."""
    from checks.grading.catalog import planned, with_table
    from checks.grading.lab import lab_ids, load_lab

    drifted = 0
    for lab in map(load_lab, lab_ids()):
        path = lab.folder / "README.md"
        old = path.read_text("utf-8")
        if (new := with_table(old, planned(lab))) == old:
            continue
        drifted = POINTS_MISSING if arguments.check else 0
        print(f"{lab.id}/README.md: {'has drifted' if arguments.check else 'renewed'}", file=sys.stderr)
        if not arguments.check:
            path.write_text(new, "utf-8")
    return drifted
