"""What the grader makes is marked as one run's, and goes when that run is over, however it ended.

Every image, container, network and volume carries two labels: the run, and the owner (this user on this
machine). A run holds a lock file for as long as it lives. Whoever starts next removes what belongs to runs
of the same owner whose lock nobody holds, so a run that was killed leaves nothing behind for long. Nothing
without these labels is ever touched.
"""

import fcntl
import hashlib
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from checks.engine.engine import Engine

RUN_LABEL = "graded-docker-lab.run"
OWNER_LABEL = "graded-docker-lab.owner"
PREFIX = "graded-lab"


def owner() -> str:
    """This user on this machine: several may share one engine."""
    machine = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:12]
    return f"{machine}-{os.getuid()}"


def runs_directory() -> Path:
    """Where the locks of this user's runs are, whichever clone they were started from."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    directory = Path(base) / "graded-docker-lab" / "runs"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


@dataclass(frozen=True)
class Run:
    """One run of the grader; its name is random, so that no submission can guess it."""

    name: str = field(default_factory=lambda: f"{PREFIX}-{secrets.token_hex(6)}")

    @property
    def labels(self) -> dict[str, str]:
        """What everything made by this run carries."""
        return {RUN_LABEL: self.name, OWNER_LABEL: owner()}

    @property
    def lock(self) -> Path:
        """Held for as long as the run lives."""
        return runs_directory() / f"{self.name}.lock"


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Hold the run's lock; entered before anything is made for it."""
    with run.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield run
        finally:
            run.lock.unlink(missing_ok=True)


def sweep(engine: "Engine") -> None:
    """Remove what dead runs of this owner left behind."""
    found = {thing.run for thing in _things(engine, f"{OWNER_LABEL}={owner()}")}
    for name in found:
        if not _is_alive(Run(name)):
            remove(engine, Run(name))


def remove(engine: "Engine", run: Run) -> None:
    """Remove everything that carries this run's label: containers first, since they hold the rest."""
    for thing in _things(engine, f"{RUN_LABEL}={run.name}"):
        thing.remove()


@dataclass(frozen=True, slots=True)
class _Thing:
    """One object of the engine, with the run it belongs to."""

    engine: "Engine"
    kind: str
    id: str
    run: str

    def remove(self) -> None:
        """Remove it; that it is gone already is as good."""
        from docker.errors import APIError

        api = self.engine.client.api
        with suppress(APIError):
            match self.kind:
                case "container":
                    api.remove_container(self.id, force=True, v=True)
                case "image":
                    api.remove_image(self.id, force=True)
                case "network":
                    api.remove_network(self.id)
                case _:
                    api.remove_volume(self.id, force=True)


def _things(engine: "Engine", label: str) -> Iterator[_Thing]:
    """Every object with this label, in an order in which they can be removed."""
    api, wanted = engine.client.api, {"label": label}
    for container in api.containers(all=True, filters=wanted):
        yield _Thing(engine, "container", container["Id"], container["Labels"].get(RUN_LABEL, ""))
    for image in api.images(all=True, filters=wanted):
        yield _Thing(engine, "image", image["Id"], (image["Labels"] or {}).get(RUN_LABEL, ""))
    for network in api.networks(filters=wanted):
        yield _Thing(engine, "network", network["Id"], network["Labels"].get(RUN_LABEL, ""))
    for volume in api.volumes(filters=wanted)["Volumes"] or []:
        yield _Thing(engine, "volume", volume["Name"], (volume["Labels"] or {}).get(RUN_LABEL, ""))


def _is_alive(run: Run) -> bool:
    """Whether a process still holds the run's lock."""
    try:
        lock: IO[str] = run.lock.open("r+")
    except FileNotFoundError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        run.lock.unlink(missing_ok=True)
        return False
