"""Start, stop and delete the embedded engine; each operation first cleans up after a killed engine."""

import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from checks.engine.embedded import daemons
from checks.engine.embedded.addresses import claim_pool, endpoints, uplink_mtu
from checks.engine.embedded.daemons import answers, launch, remove_cgroups
from checks.engine.embedded.layout import Layout, environment_of, layout, only_one
from checks.engine.embedded.mounts import mount_data, unmount_all
from checks.engine.embedded.network import connect, disconnect, let_builds_reach
from checks.engine.embedded.settings import write_settings
from checks.engine.embedded.suites import Choice, asked, directories, releases
from checks.engine.embedded.tools import ensure_tools, made_of
from checks.engine.engine import Engine, store_of
from checks.engine.errors import EngineError, NoEngine

Progress = Callable[[str], None]
ANSWERS = 2  # pings, 20 s each, before an engine counts as dead


def start(
    directory: Path | None = None,
    *,
    choice: Choice | None = None,
    progress: Progress = lambda _: None,
    downloads: Path | None = None,
) -> Engine:
    """Return the engine of `directory` (by default the project's own); start it if it is not running.

    `choice`, or else the environment, selects the Debian release and the image store. `downloads` is a directory
    of packages that several engines may share. Raises NoEngine if the machine cannot run an engine, and EngineError
    if it can but something failed.
    """
    _require_root()
    choice = choice or asked()
    if directory is None and not choice.release:
        return _newest(choice, progress, downloads)
    return _start(layout(directory or choice.directory), choice, progress, downloads)


def _newest(choice: Choice, progress: Progress, downloads: Path | None) -> Engine:
    """Start the newest release that works; skip releases that failed before, until `clean`."""
    *newer, oldest = (replace(choice, release=release) for release in releases())
    failed: dict[Layout, EngineError] = {}
    for each in newer:
        place = layout(each.directory)
        if place.given_up.exists():
            continue
        try:
            return _start(place, each, progress, downloads)
        except EngineError as error:
            progress(f"Debian {each.release} gives no engine here, an older release may")
            failed[place] = error
    engine = _start(layout(oldest.directory), oldest, progress, downloads)
    for place, why in failed.items():
        place.given_up.write_text(f"{why}\n")
    return engine


def _start(place: Layout, choice: Choice, progress: Progress, downloads: Path | None) -> Engine:
    with only_one(place.lock):
        if not _is_running(place) or choice.release not in ("", made_of(place)):
            place.directory.mkdir(parents=True, exist_ok=True)
            _clear(place)
            ensure_tools(place, progress, downloads, choice.release or made_of(place))
            progress("starting the engine")
            if not mount_data(place):
                progress("this machine has no loop devices: the engine may fill the disk that it is on")
            _launch(place, choice.store)
        engine = _engine(place)
    if choice.store and (store := store_of(engine)) != choice.store:
        raise EngineError(("dockerd",), 1, f"{choice.store} was asked for, and images are in {store}")
    return engine


def stop(directory: Path | None = None) -> bool:
    """Stop the engine (by default all of the project) and all that it runs; return whether one was running.

    Images and build cache stay.
    """
    _require_root()
    ran = [_stop(layout(each)) for each in _meant(directory)]
    return any(ran)


def _stop(place: Layout) -> bool:
    with only_one(place.lock):
        ran = bool(daemons.running(place, ("dockerd", "containerd")))
        _clear(place)
        return ran


def clean(directory: Path | None = None) -> bool:
    """Stop the engine (by default all of the project) and delete its directory; return whether one existed."""
    stop(directory)
    existed = [_delete(layout(each)) for each in _meant(directory)]
    return any(existed)


def _delete(place: Layout) -> bool:
    with only_one(place.lock):
        existed = place.directory.exists()
        shutil.rmtree(place.directory, ignore_errors=not existed)
    place.lock.unlink(missing_ok=True)
    return existed


def status(directory: Path | None = None) -> str:
    """Return one sentence about each running engine, or one that says how to start the engine."""
    places = [layout(each) for each in _meant(directory)]
    if running := [place for place in places if _is_running(place)]:
        said = (f"The embedded engine is running: DOCKER_HOST=unix://{place.socket}" for place in running)
        return "\n".join(said)
    made = "made, but not running" if any(place.tools.exists() for place in places) else "not made yet"
    return f"The embedded engine is {made}: `make engine` starts it."


def is_running(directory: Path | None = None) -> bool:
    """Whether an engine answers."""
    return any(_is_running(layout(each)) for each in _meant(directory))


def _meant(directory: Path | None) -> list[Path]:
    """Return `directory`, or by default the directories of all engines of this project."""
    return directories() if directory is None else [directory]


def _is_running(place: Layout) -> bool:
    """Whether the engine answers. We ask more than once, since the caller ends a dead engine with all it runs."""
    return bool(daemons.running(place, ("dockerd",))) and any(answers(place.socket) for _ in range(ANSWERS))


def _launch(place: Layout, store: str) -> None:
    place.runtime.mkdir(mode=0o700, parents=True)
    environment = environment_of(place.tools)
    pool, mtu = claim_pool(place, environment), uplink_mtu(environment)
    connect(place, pool, mtu, environment)
    write_settings(place, pool, mtu, store)
    try:
        with ThreadPoolExecutor(1) as thread:  # asking apt and pip takes as long as dockerd's start
            found = thread.submit(endpoints)
            launch(place, environment)
            let_builds_reach(place, found.result())
    except BaseException:
        _clear(place)
        raise


def _clear(place: Layout) -> None:
    """Remove every process, mount, bridge, iptables rule and control group of this engine."""
    daemons.end_all(place)
    unmount_all(place)
    disconnect(place, environment_of(place.tools))
    remove_cgroups(place)
    shutil.rmtree(place.runtime, ignore_errors=True)


def _engine(place: Layout) -> Engine:
    docker_host = f"unix://{place.socket}"
    own = {"DOCKER_HOST": docker_host, "DOCKER_CONFIG": str(place.client_config), "DOCKER_BUILDKIT": "1"}
    environment = {**environment_of(place.tools), **own}
    # docker and its plugins are static; the programs that they start must not load our libraries.
    environment.pop("LD_LIBRARY_PATH", None)
    cli = place.tools / "usr/bin/docker"
    unnamed = Engine("embedded", "", docker_host, cli, environment, place.directory)
    version = unnamed.run_cli("version", "--format", "{{.Server.Version}}").stdout.strip()
    return Engine("embedded", version, docker_host, cli, environment, place.directory)


def _require_root() -> None:
    if sys.platform != "linux":
        raise NoEngine("it runs on Linux only: start Docker itself (Docker Desktop).")
    if os.geteuid() != 0:
        raise NoEngine("it needs root: start Docker itself, or run this as root.")
