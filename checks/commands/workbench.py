"""The commands that a student uses by hand, on the engine that grades: from build to push."""

import argparse
import functools
import sys

from checks.commands.status import NOT_GRADED, WRONG_USAGE

# Keys are functions of `checks.workbench`, which is imported only when needed since it loads the Docker client.
SENTENCES = {
    "build": "build a lab's image with the tag that its README names",
    "run": "run that image on the port of the lab",
    "dive": "look into the layers of that image",
    "hadolint": "ask another linter for its opinion; it never grades",
    "opinions": "show what other tools say of each line beside the course's own verdict; they never grade",
    "structure": "ask container-structure-test about that image; it never grades",
    "push": "push that image to a registry",
    "leaky": "build a lab's image that leaks a key",
    "scan": "scan that image with Trivy, and write its report into the lab's folder",
    "sbom": "list what that image holds with Syft, and write the inventory into the lab's folder",
    "slim": "make a smaller image of that one with slim, and compare the two",
}


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare one command for each verb."""
    for verb, sentence in SENTENCES.items():
        parser = commands.add_parser(verb, help=sentence)
        parser.add_argument("lab", metavar="LAB")
        parser.set_defaults(command=functools.partial(_run, verb))


def _run(verb: str, arguments: argparse.Namespace) -> int:
    """Run the verb; return Docker's exit status."""
    from checks import workbench
    from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
    from checks.lab import LabError, load_lab
    from checks.workbench import UsageError, Workbench

    try:
        status: int = getattr(workbench, verb)(Workbench(load_lab(arguments.lab)))
    except (LabError, UsageError) as wrong:
        print(f"make {verb}{arguments.lab}: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    except (NoEngine, EngineError, BaseUnavailable) as error:
        print(f"make {verb}{arguments.lab}: {error}", file=sys.stderr)
        return NOT_GRADED
    return status
