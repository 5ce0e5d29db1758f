"""`models`: train a model with a lab's own trainer, into the folder from which a running service loads it."""

import argparse
import sys
import tempfile
from pathlib import Path

from checks.commands.status import FULL_MARKS, NOT_GRADED, WRONG_USAGE


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `models`."""
    models = commands.add_parser("models", help="train a model for the labs that serve one")
    models.add_argument("lab", nargs="*", metavar="LAB", help="all that have a trainer, if none is named")
    models.add_argument("--version", default="1", help="another version is another model (default: 1)")
    models.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Train a model for each lab, and print its path."""
    from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
    from checks.lab import LabError, all_labs, load_lab
    from checks.sections import ModelSettings
    from checks.workbench.context import Workbench
    from checks.workbench.material import train_model

    try:
        labs = [load_lab(name) for name in arguments.lab or ()] or all_labs()
        for lab in (lab for lab in labs if arguments.lab or isinstance(lab.own, ModelSettings)):
            with tempfile.TemporaryDirectory() as room:
                print(train_model(Workbench(lab), arguments.version, Path(room)))
    except LabError as wrong:
        print(f"checks models: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except (NoEngine, EngineError, BaseUnavailable) as error:
        print(f"checks models: {error}", file=sys.stderr)
        return NOT_GRADED
    return FULL_MARKS
