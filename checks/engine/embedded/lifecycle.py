"""Start, stop and delete the embedded engine; each mends what an earlier, killed one left behind."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from checks.engine.embedded import processes
from checks.engine.embedded.addresses import claim_pool, uplink_mtu
from checks.engine.embedded.daemon import answers, launch
from checks.engine.embedded.environment import environment_of
from checks.engine.embedded.layout import Layout, layout
from checks.engine.embedded.leftovers import remove_cgroups, unmount_all
from checks.engine.embedded.locks import only_one
from checks.engine.embedded.network import connect, disconnect
from checks.engine.embedded.settings import write_settings
from checks.engine.embedded.tools import ensure_tools
from checks.engine.engine import Engine
from checks.engine.errors import NoEngine

Progress = Callable[[str], None]


def start(
    directory: Path | None = None,
    *,
    progress: Progress = lambda _: None,
    downloads: Path | None = None,
) -> Engine:
    """The running engine of `directory` (by default the project's `.engine`), started if it is not.

    `downloads` is a directory of packages that several engines may share. Raises NoEngine where the
    machine cannot have one, and EngineError when it can but something failed.
    """
    _require_root()
    place = layout(directory)
    with only_one(place.lock):
        if not _is_running(place):
            place.directory.mkdir(parents=True, exist_ok=True)
            _clear(place)
            ensure_tools(place, progress, downloads)
            progress("starting the engine")
            _launch(place)
        return _engine(place)


def stop(directory: Path | None = None) -> bool:
    """End the engine with everything it runs; returns whether one ran. Images and build cache stay."""
    _require_root()
    place = layout(directory)
    with only_one(place.lock):
        ran = bool(processes.running(place, ("dockerd", "containerd")))
        _clear(place)
        return ran


def clean(directory: Path | None = None) -> bool:
    """Stop the engine and delete its directory; returns whether there was one."""
    stop(directory)
    place = layout(directory)
    with only_one(place.lock):
        existed = place.directory.exists()
        shutil.rmtree(place.directory, ignore_errors=not existed)
    place.lock.unlink(missing_ok=True)
    return existed


def status(directory: Path | None = None) -> str:
    """One sentence about the engine of `directory`."""
    place = layout(directory)
    if _is_running(place):
        return f"The embedded engine is running: DOCKER_HOST=unix://{place.socket}"
    made = "made, but not running" if place.tools.exists() else "not made yet"
    return f"The embedded engine is {made}: `make engine` starts it."


def _is_running(place: Layout) -> bool:
    return bool(processes.running(place, ("dockerd",))) and answers(place.socket)


def _launch(place: Layout) -> None:
    place.runtime.mkdir(mode=0o700, parents=True)
    environment = environment_of(place.tools)
    pool, mtu = claim_pool(place, environment), uplink_mtu(environment)
    connect(place, pool, mtu, environment)
    write_settings(place, pool, mtu)
    try:
        launch(place, environment)
    except BaseException:
        _clear(place)
        raise


def _clear(place: Layout) -> None:
    """Leave no process, mount, bridge, rule or control group of this engine."""
    processes.end_all(place)
    unmount_all(place)
    disconnect(place, environment_of(place.tools))
    remove_cgroups(place)
    shutil.rmtree(place.runtime, ignore_errors=True)


def _engine(place: Layout) -> Engine:
    docker_host = f"unix://{place.socket}"
    own = {"DOCKER_HOST": docker_host, "DOCKER_CONFIG": str(place.client_config), "DOCKER_BUILDKIT": "1"}
    environment = {**environment_of(place.tools), **own}
    # The docker program and its plugins need no library of ours; what they start must not find one.
    environment.pop("LD_LIBRARY_PATH", None)
    cli = place.tools / "usr/bin/docker"
    unnamed = Engine("embedded", "", docker_host, cli, environment, place.directory)
    version = unnamed.run_cli("version", "--format", "{{.Server.Version}}").stdout.strip()
    return Engine("embedded", version, docker_host, cli, environment, place.directory)


def _require_root() -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise NoEngine("it needs Linux and root: start Docker itself, or run this as root.")
