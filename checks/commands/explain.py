"""`explain`: say what each line of a lab's Dockerfiles does, what it costs, and what makes it anew."""

import argparse
import sys
from typing import TYPE_CHECKING

from checks.commands.status import FULL_MARKS, WRONG_USAGE

if TYPE_CHECKING:
    from checks.lab import Lab
    from checks.loop.explanation import Explanation, Weight


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `explain`."""
    explain = commands.add_parser("explain", help="say what each line of a lab's Dockerfiles does and costs")
    explain.add_argument("lab", metavar="LAB")
    explain.add_argument("--static", action="store_true", help="only what needs no engine: no sizes")
    explain.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Explain each Dockerfile; without an engine, or if it does not build, without sizes."""
    from checks.lab import LabError, load_lab
    from checks.loop.explaining import print_explanation
    from checks.loop.explanation import explain
    from checks.parsing.text.problems import ParseError
    from checks.reports.page import Page, open_console

    try:
        lab = load_lab(arguments.lab)
        for name, image in lab.images.items():
            explained = explain(lab.folder / image.context, lab.folder / name)
            weights, why = _weights(lab, name, explained, static=arguments.static)
            print_explanation(Page(open_console(sys.stdout)), explained, weights, why)
    except (LabError, OSError) as wrong:
        print(f"make explain{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except ParseError as wrong:
        print(f"make explain{arguments.lab}: {name}:{wrong.line}: {wrong.message}", file=sys.stderr)
        return WRONG_USAGE
    return FULL_MARKS


def _weights(
    lab: "Lab", dockerfile: str, explained: "Explanation", *, static: bool
) -> "tuple[tuple[Weight, ...], str]":
    """Return the weights; if there are none, the reason."""
    if static:
        return (), "without sizes: they need an engine"
    from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
    from checks.outcomes import CheckFailed
    from checks.workbench import UsageError, Workbench
    from checks.workbench.weights import weigh

    try:
        return weigh(Workbench(lab), dockerfile, explained), ""
    except (NoEngine, EngineError, BaseUnavailable, UsageError) as reason:
        return (), f"without sizes: {reason}"
    except CheckFailed as unreadable:
        return (), f"without sizes: {unreadable.actual}"
