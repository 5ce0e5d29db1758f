"""`explain`: say what each line of a lab's Dockerfiles does, what it costs, and what makes it anew."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.commands.status import FULL_MARKS, WRONG_USAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checks.lab import Lab
    from checks.loop.explanation import Explained, Explanation, Weight


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `explain`."""
    explain = commands.add_parser("explain", help="say what each line of a lab's Dockerfiles does and costs")
    explain.add_argument("lab", metavar="LAB")
    explain.add_argument("--static", action="store_true", help="only what needs no engine: no sizes")
    explain.add_argument("--page", type=Path, metavar="FILE", help="also write it as a page for a browser")
    explain.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Explain each Dockerfile; without an engine, or if it does not build, without sizes."""
    from checks.lab import LabError, load_lab
    from checks.parsing.text.problems import ParseError

    try:
        lab, shown = load_lab(arguments.lab), {}
        for name in lab.images:
            shown[name] = _shown(lab, name, static=arguments.static)
        return _write(arguments.page, lab, shown) if arguments.page else FULL_MARKS
    except (LabError, OSError) as wrong:
        print(f"make explain{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except ParseError as wrong:
        print(f"make explain{arguments.lab}: {name}:{wrong.line}: {wrong.message}", file=sys.stderr)
        return WRONG_USAGE


def _shown(lab: "Lab", name: str, *, static: bool) -> "Explained":
    """Explain one Dockerfile, and print that."""
    from checks.loop.explaining import print_explanation
    from checks.loop.explanation import Explained, explain
    from checks.reports.page import Page, open_console

    explanation = replace(explain(lab.folder / lab.images[name].context, lab.folder / name), name=name)
    weights, why = _weights(lab, name, explanation, static=static)
    print_explanation(Page(open_console(sys.stdout)), explanation, weights, why)
    return Explained(explanation, weights, why)


def _write(path: Path, lab: "Lab", shown: "Mapping[str, Explained]") -> int:
    """Write the page, and name it."""
    from checks.loop.explained_page import page_of
    from checks.reports.files import write_atomically

    page = page_of(lab, shown)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, page)
    except OSError as wrong:
        why = f"{wrong.strerror}. Name another file with --page"
        print(f"make explain{lab.target}: {path} cannot be written: {why}", file=sys.stderr)
        return WRONG_USAGE
    print(f"\nThe same as a page, to open in a browser: {path}")
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
