"""The command line, thin: words in, the right function called, an exit status out."""

import argparse
import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Sequence

from checks import commands
from checks.commands.status import NOT_GRADED, WRONG_USAGE
from checks.interruption import end_with, heed_signals, is_interruption


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; what it returns is the exit status."""
    try:
        heed_signals()
        words = sys.argv[1:] if words is None else words
        arguments = _parser(words).parse_args(words)
        return int(arguments.command(arguments))
    except SystemExit:  # argparse has said why
        raise
    except BaseException as error:  # noqa: BLE001 - the status must not say "points missing"
        if is_interruption(error):
            print("interrupted; what was made for this run is gone", file=sys.stderr)
        elif said := _mistake_in_course(error):
            print(f"checks: {said}", file=sys.stderr)
            return WRONG_USAGE
        else:
            traceback.print_exc()
            print("This is the grader's own fault. Please report it with the lines above.", file=sys.stderr)
        return NOT_GRADED


def _mistake_in_course(error: BaseException) -> str:
    """Return what a `lab.yaml`, or the edition that was asked for, has wrong; nothing of any other error."""
    from checks.lab import LabError

    return str(error) if isinstance(error, LabError) else ""


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m checks", description="Grade the Docker lab.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for declare in declarations(words):
        declare(subparsers)
    return parser


def declarations(words: Sequence[str]) -> list[Callable[..., None]]:
    """That of the module which the first word names, alone; of all modules where none does, as for help."""
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    return _declared([name for name in names if name.replace("_", "-") in words[:1]]) or _declared(names)


def _declared(names: Sequence[str]) -> list[Callable[..., None]]:
    modules = (importlib.import_module(f"checks.commands.{name}") for name in names)
    return [module.declare for module in modules if hasattr(module, "declare")]


if __name__ == "__main__":
    end_with(main)
