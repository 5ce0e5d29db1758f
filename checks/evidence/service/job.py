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
MAX_JSON_BYTES = 1 << 20  # of a file that is read whole


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
        lines = reversed(self.running.logs().splitlines())
        return next(filter(None, map(_mapping, lines)), {})


def _mapping(text: str | bytes) -> Mapping[str, Any]:
    """Return a JSON object; empty for any other text."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def owner_of(running: Running, path: str) -> int | None:
    """Return the user id that owns a file of the container, as the engine hands it out; None if it is missing."""
    with tarfile.open(fileobj=BytesIO(_archive(running, path, HEADER_BYTES)), mode="r:") as archive:
        first = archive.next()
    return first.uid if first else None


def json_file(running: Running, path: str) -> Mapping[str, Any]:
    """Return the JSON object in a file of the container; empty if there is none, or no such file of this size."""
    data = _archive(running, path, MAX_JSON_BYTES)
    with tarfile.open(fileobj=BytesIO(data), mode="r:", ignore_zeros=True) as archive:
        first = archive.next()
        start = first.offset_data if first and first.isreg() else len(data)
        return _mapping(data[start : start + first.size]) if first else {}


def _archive(running: Running, path: str, size: int) -> bytes:
    """Return the first bytes, about `size`, of an archive with this file; an empty archive if it is missing."""
    from docker.errors import NotFound

    stream: Any
    try:
        stream, _ = running.container.get_archive(path, chunk_size=HEADER_BYTES)
    except NotFound:
        return bytes(tarfile.BLOCKSIZE * 2)
    found = bytearray()
    while len(found) < size and (chunk := next(stream, b"")):
        found += chunk
    stream.close()
    return bytes(found)


@contextmanager
def job(engine: "Engine", run: "Run", image: str, *, seconds: float, by_hand: str) -> Iterator[Job]:
    """Start a container of `image`, and remove it on exit; raise `CheckFailed` if the engine refuses."""
    with starting(by_hand), run_container(engine, run, image) as running:
        yield Job(running, seconds, by_hand)
