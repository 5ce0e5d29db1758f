"""The reaper: remove the objects and files of a run that is over or was killed.

At its start, each grading reaps the dead runs of its owner. Other owners may share the engine. The reaper cannot
see their locks, so it removes their objects only when these are hours old. It never touches objects without our
labels.
"""

import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.engine.engine import Engine
from checks.engine.run import (
    MADE_LABEL,
    OWNER_LABEL,
    RUN_LABEL,
    RUN_NAME,
    Run,
    is_alive,
    owner,
    runs_directory,
)
from checks.engine.slots import sweep_cgroups

ROUNDS = 4  # of removal; the next sweep finds the rest
OTHERS_SECONDS = 6 * 3600  # the age at which objects of other owners are removed
PROC = Path("/proc")
GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LabelledResource:
    """One object of the engine, with the run and the owner on its labels; `made` is in seconds since 1970."""

    engine: Engine
    kind: str
    id: str
    run: str
    owner: str
    made: float

    def remove(self) -> None:
        """Remove it; if it is gone already, or in use, the next sweep takes care of it."""
        from docker.errors import APIError

        api = self.engine.client.api
        try:
            match self.kind:
                case "container":
                    api.remove_container(self.id, force=True, v=True)
                case "image":
                    api.remove_image(self.id, force=True)
                case "network":
                    api.remove_network(self.id)
                case _:
                    api.remove_volume(self.id, force=True)
        except APIError:
            return


def labelled(engine: Engine, label: str) -> Iterator[LabelledResource]:
    """Yield every object with this label (`key` or `key=value`), in the order in which they can be removed."""
    api, wanted = engine.client.api, {"label": label}
    yield from _resources(engine, "container", "Id", api.containers(all=True, filters=wanted))
    yield from _resources(engine, "image", "Id", api.images(all=True, filters=wanted))
    yield from _resources(engine, "network", "Id", api.networks(filters=wanted))
    yield from _resources(engine, "volume", "Name", api.volumes(filters=wanted)["Volumes"] or ())


def _resources(engine: Engine, kind: str, key: str, found: Any) -> Iterator[LabelledResource]:
    for entry in found:
        labels: Mapping[str, str] = entry.get("Labels") or {}
        run, owner_id = labels.get(RUN_LABEL, ""), labels.get(OWNER_LABEL, "")
        made = labels.get(MADE_LABEL, "")
        seconds = float(made) if made.isdecimal() else 0.0
        yield LabelledResource(engine, kind, entry[key], run, owner_id, seconds)


def remove(engine: Engine, run: Run) -> None:
    """Remove every object with this run's label: containers first, since they hold the others.

    The engine may still be creating objects for an interrupted client, so look again until nothing is left.
    """
    for _ in range(ROUNDS):
        found = list(labelled(engine, f"{RUN_LABEL}={run.name}"))
        for resource in found:
            resource.remove()
        if not found:
            return


def sweep(engine: Engine) -> None:
    """Remove the remains of this owner's dead runs, and old objects of other owners.

    No failure here stops a grading or the rest of the sweep: the next sweep tries again.
    """
    parts: tuple[Callable[[], None], ...] = (
        _end_orphans,  # first: an orphan could finish an image that is swept here
        lambda: sweep_cgroups(engine),
        _sweep_scratch,
        lambda: _sweep_resources(engine),
    )
    for part in parts:
        with suppress(Exception):
            part()


def _sweep_resources(engine: Engine) -> None:
    mine, now = owner(), time.time()
    for resource in labelled(engine, OWNER_LABEL):
        is_old = now - resource.made > OTHERS_SECONDS
        if not is_alive(resource.run) if resource.owner == mine else is_old:
            resource.remove()


def _sweep_scratch() -> None:
    """Remove the locks and scratch directories of dead runs."""
    for path in runs_directory().iterdir():
        name = RUN_NAME.match(path.name)
        if name and not is_alive(name[0]) and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _end_orphans() -> None:
    """Kill the Docker clients that dead runs of this owner left: they could still finish a build.

    Only Linux shows the command line of other processes; elsewhere a client ends when its build is cancelled.
    """
    if sys.platform != "linux":
        return
    for pid in _orphans():
        with suppress(ProcessLookupError, OSError):
            handle = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], GRACE_SECONDS)  # readable when it has ended
            finally:
                os.close(handle)


def _orphans() -> Iterator[int]:
    """Yield the processes of this user whose command line has the label of a dead run of this owner."""
    mine, mark = f"{OWNER_LABEL}={owner()}".encode(), f"{RUN_LABEL}=".encode()
    for directory in PROC.glob("[0-9]*"):
        try:
            if directory.stat().st_uid != os.getuid():
                continue
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        runs = [word.removeprefix(mark).decode(errors="replace") for word in words if word.startswith(mark)]
        if runs and mine in words and not any(map(is_alive, runs)):
            yield int(directory.name)
