"""`engine`: start, stop or delete the embedded engine, which grades if no Docker answers."""

import argparse
import sys

from checks.commands.status import NOT_GRADED

SAID = {"stop": "the embedded engine is stopped", "clean": "the embedded engine and all it held are gone"}


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `engine`."""
    engine = commands.add_parser("engine", help="start, stop or delete the embedded engine")
    engine.add_argument("action", choices=["start", "stop", "clean", "status"])
    engine.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the action, and print the result in one sentence."""
    from checks.engine import embedded
    from checks.engine.connect import find
    from checks.engine.engine import store_of
    from checks.engine.errors import EngineError, NoEngine
    from checks.reports.progress import Progress

    try:
        if arguments.action == "start":
            with Progress.on(sys.stderr).step("looks for an engine") as say:
                engine = find("auto", say)
            where = f"images in {store_of(engine)}, at {engine.docker_host}"
            print(f"{engine.kind} engine {engine.version}, {where}")
        elif arguments.action == "status":
            print(embedded.status())
        else:
            acted = embedded.stop() if arguments.action == "stop" else embedded.clean()
            print(
                SAID[arguments.action]
                if acted
                else "there was nothing to do: the embedded engine is not running"
            )
    except (NoEngine, EngineError) as error:
        print(f"checks engine: {error}", file=sys.stderr)
        return NOT_GRADED
    return 0
