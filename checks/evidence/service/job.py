"""A job: a container that does its work and ends, with what it printed and what it wrote."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from checks.engine.container import Running
from checks.engine.docker_run import run_container
from checks.evidence.service.service import starting

if TYPE_CHECKING:
    from checks.engine.engine import Engine
    from checks.engine.run import Run

HEADER_BYTES = 65_536  # of an archive, which begins with the header of its first file


@dataclass(frozen=True)
class Job:
    """A container that should end within `seconds`; `by_hand` is the command with which a student runs it."""

    running: Running
    seconds: float
    by_hand: str

    def exit_code(self) -> int | None:
        """Wait for its end and return its exit code; None if it is still running after its time."""
        if not self.running.wait_over(self.seconds):
            return None
        return int(self.running.inspect()["State"]["ExitCode"])

    def printed(self) -> Mapping[str, Any]:
        """Return the last line of its output that is a JSON object; empty if none is."""
        for line in reversed(self.running.logs().splitlines()):
            try:
                content = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(content, dict):
                return content
        return {}


def owner_of(running: Running, path: str) -> int | None:
    """Return the user id that owns a file of the container, as the engine hands it out; None if it is missing."""
    from docker.errors import NotFound

    stream: Any
    try:
        stream, _ = running.container.get_archive(path, chunk_size=HEADER_BYTES)
    except NotFound:
        return None
    head = next(stream, b"")
    stream.close()
    with tarfile.open(fileobj=BytesIO(head), mode="r:") as archive:
        first = archive.next()
    return first.uid if first else None


@contextmanager
def job(engine: "Engine", run: "Run", image: str, *, seconds: float, by_hand: str) -> Iterator[Job]:
    """Start a container of `image`, and remove it on exit; raise `CheckFailed` if the engine refuses."""
    with starting(by_hand), run_container(engine, run, image) as running:
        yield Job(running, seconds, by_hand)
