"""`leaky`: build the image of a lab that leaks a key, for students to find it."""

import argparse
import sys

from checks.commands.status import NOT_GRADED, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The words of `leaky`."""
    leaky = commands.add_parser("leaky", help="build a lab's image that leaks a key")
    leaky.add_argument("lab", metavar="LAB")
    leaky.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Build it; the exit status is that of Docker."""
    from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
    from checks.grading.lab import LabError, load_lab
    from checks.handout import build_leaky

    try:
        return build_leaky(load_lab(arguments.lab))
    except LabError as wrong:
        print(f"checks leaky: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except (NoEngine, EngineError, BaseUnavailable) as error:
        print(f"checks leaky: {error}", file=sys.stderr)
        return NOT_GRADED
