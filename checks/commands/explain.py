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
        if arguments.page:
            _write(arguments.page, lab, shown)
    except (LabError, OSError) as wrong:
        print(f"make explain{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except ParseError as wrong:
        print(f"make explain{arguments.lab}: {name}:{wrong.line}: {wrong.message}", file=sys.stderr)
        return WRONG_USAGE
    return FULL_MARKS


def _shown(lab: "Lab", name: str, *, static: bool) -> "Explained":
    """Explain one Dockerfile, and print that."""
    from checks.loop.explaining import print_explanation
    from checks.loop.explanation import Explained, explain
    from checks.reports.page import Page, open_console

    explanation = replace(explain(lab.folder / lab.images[name].context, lab.folder / name), name=name)
    weights, why = _weights(lab, name, explanation, static=static)
    print_explanation(Page(open_console(sys.stdout)), explanation, weights, why)
    return Explained(explanation, weights, why)


def _write(path: Path, lab: "Lab", shown: "Mapping[str, Explained]") -> None:
    """Write the page, and name it; raise `OSError`."""
    from checks.loop.explained_page import page_of
    from checks.reports.files import write_atomically

    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, page_of(lab, shown))
    print(f"\nThe same as a page, to open in a browser: {path}")


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
