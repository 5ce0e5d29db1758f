"""`watch`: read a lab's files after each save, and show what to do next."""

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path

from checks.commands.status import FULL_MARKS, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `watch`."""
    watch = commands.add_parser("watch", help="read a lab's files after each save, and show what to do next")
    watch.add_argument("lab", metavar="LAB")
    watch.add_argument("submission", nargs="?", type=Path, default=Path(), metavar="FOLDER")
    watch.add_argument("--engine", choices=["auto", "host", "embedded"], default="auto", help="which engine")
    watch.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Watch until `q` or Ctrl-C: both are ways to end it, so both end it well."""
    from checks.lab import LabError, load_lab
    from checks.loop.watching import watch

    try:
        lab = load_lab(arguments.lab)
        lab.validate()
    except LabError as wrong:
        print(f"make watch{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    folder = arguments.submission / lab.id
    if not folder.is_dir():
        print(
            f"make watch{lab.target}: there is no folder {folder}; a zip or a tar never changes",
            file=sys.stderr,
        )
        return WRONG_USAGE
    signal.signal(
        signal.SIGHUP, signal.getsignal(signal.SIGTERM)
    )  # a connection that breaks ends it well, too
    try:
        watch(arguments.submission, lab, arguments.engine, sys.stdout)
    except KeyboardInterrupt:
        with suppress(OSError):  # nobody looks any more
            print()
    return FULL_MARKS
