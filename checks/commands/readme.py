"""`readme`: renew the tables in the READMEs, or report the READMEs that have drifted."""

import argparse
import sys

from checks.commands.author_only import is_refused
from checks.commands.status import POINTS_MISSING, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `readme`."""
    readme = commands.add_parser("readme", help="renew the tables in the READMEs")
    readme.add_argument("--check", action="store_true", help="change nothing; exit 1 when one has drifted")
    readme.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Renew the tables, or compare them with `--check`."""
    if is_refused("readme"):
        return WRONG_USAGE
    from checks.grading.catalog import renewed
    from checks.lab import ROOT

    drifted = 0
    for path, text in renewed():
        if text == path.read_text("utf-8"):
            continue
        drifted = POINTS_MISSING if arguments.check else 0
        print(f"{path.relative_to(ROOT)}: {'has drifted' if arguments.check else 'renewed'}", file=sys.stderr)
        if not arguments.check:
            path.write_text(text, "utf-8")
    return drifted
