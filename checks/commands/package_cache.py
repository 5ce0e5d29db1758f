"""`package-cache`: start or stop the cache of packages that all builds on the engine share."""

import argparse
import sys
from typing import TYPE_CHECKING

from checks.commands.status import NOT_GRADED, WRONG_USAGE

if TYPE_CHECKING:
    from checks.engine import Engine

THEMSELVES = "builds fetch packages themselves"


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the arguments of `package-cache`."""
    cache = commands.add_parser("package-cache", help="keep what apt fetches, for all builds: a slow network")
    cache.add_argument("action", choices=["start", "stop", "status"])
    cache.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry out the action, and print the result in one sentence."""
    from checks.engine import package_cache
    from checks.engine.connect import find
    from checks.engine.errors import BaseUnavailable, EngineError, NoEngine
    from checks.reports.progress import Progress

    if arguments.action == "start" and package_cache.other_proxy():
        why = "builds go through the proxy that `http_proxy` names: have that one keep the packages"
        print(f"checks package-cache: {why}", file=sys.stderr)
        return WRONG_USAGE
    if arguments.action != "start" and not _is_running():
        print(f"{THEMSELVES}: no engine is running")
        return 0
    try:
        with Progress.on(sys.stderr).step("looks for an engine") as say:
            engine = find("auto", say)
        print(_done(arguments.action, engine))
    except (NoEngine, EngineError, BaseUnavailable) as error:
        print(f"checks package-cache: {error}", file=sys.stderr)
        return NOT_GRADED
    return 0


def _is_running() -> bool:
    """Whether an engine answers; the embedded one is not started to be asked for a cache."""
    from checks.engine import NoEngine, embedded
    from checks.engine.connect import host_engine

    try:
        return bool(host_engine())
    except NoEngine:
        return embedded.is_running()


def _done(action: str, engine: "Engine") -> str:
    from checks.engine import package_cache

    if action == "start":
        return _started(engine)
    if action == "stop":
        stopped = package_cache.stop(engine)
        return f"{THEMSELVES}; what was kept stays" if stopped else f"{THEMSELVES}: no cache was running"
    proxy = package_cache.proxy_of(engine)
    return f"builds fetch packages through {proxy}" if proxy else THEMSELVES


def _started(engine: "Engine") -> str:
    from checks.engine import package_cache
    from checks.engine.standins import ensure_base
    from checks.reports.progress import Progress

    with Progress.on(sys.stderr).step(f"fetches {package_cache.IMAGE}") as say:
        image = ensure_base(engine, package_cache.IMAGE, say).image_id
    return f"builds fetch packages through {package_cache.start(engine, image)}"
