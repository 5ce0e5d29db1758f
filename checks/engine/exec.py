"""Programs inside a container, bounded; files through testinfra, whose own backend waits and keeps for ever.

testinfra asks the image's own programs, so that it shows no more than the image admits: who and what a
container is, `inspect` tells.
"""

import os
import subprocess
from collections.abc import Sequence
from typing import Any

from testinfra.backend.docker import DockerBackend
from testinfra.host import Host

from checks.engine.client import CHUNK_BYTES, OutOfTime, chunks
from checks.engine.engine import Engine, EngineError
from checks.engine.refusals import is_the_students
from checks.engine.retry import Patience, again

SECONDS = 10.0
MAX_BYTES = 1_000_000
# How `docker exec` begins what the engine says, or that it could not be asked.
_OF_THE_ENGINE = (
    "Error response from daemon",
    "OCI runtime exec failed",
    "Cannot connect to the Docker",
    "error during connect",
)
_ENDED = "is not running"


def read_file(engine: Engine, container_id: str, path: str) -> str:
    """A text file, as far as the limit of bytes; "" when there is none, or nothing says so in time."""
    try:
        file = Host(_Backend(engine, container_id)).file(path)
        return str(file.content.decode("utf-8", errors="replace")) if file.exists else ""
    except (RuntimeError, AssertionError):  # it is there, but what should read it fails; or there is no shell
        return ""


def run_inside(engine: Engine, container_id: str, words: Sequence[str]) -> str:
    """What a program of the image prints, as far as the limits of bytes and time; "" when there is none."""
    command = [str(engine.cli), "exec", container_id, *words]
    output, _ = _bounded(command, dict(engine.environment))
    return output.decode("utf-8", errors="replace")


class _Backend(DockerBackend):  # type: ignore[misc]  # testinfra ships no types
    """`docker exec` on our engine, bounded; whatever goes wrong inside is a failed command, not ours."""

    def __init__(self, engine: Engine, container_id: str) -> None:
        super().__init__(container_id)
        self._engine = engine

    def run(self, command: str, *args: str, **_: Any) -> Any:
        words = self.get_command(command, *args)
        exec_ = [str(self._engine.cli), "exec", self.name, "/bin/sh", "-c", words]
        output, status = _bounded(exec_, dict(self._engine.environment))
        return self.result(min(status, 1), self.encode(words), output, b"")


@again(EngineError)
def _bounded(command: list[str], environment: dict[str, str]) -> tuple[bytes, int]:
    """What it prints and its exit status; 1 when it was stopped at the limit of time.

    Raises `EngineError` where the engine starts nothing, although the container is at work.
    """
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        output, patience = b"", Patience(SECONDS)
        try:
            for chunk in chunks(process.stdout, patience):
                output += chunk
                if len(output) > MAX_BYTES:
                    return output[:MAX_BYTES], 0
            status = abs(process.wait(max(1.0, patience.left)))
        except (OutOfTime, subprocess.TimeoutExpired):
            return b"", 1
        finally:
            process.kill()
        if status:
            _require_engine(process, command, output)
        return output, status


def _require_engine(process: "subprocess.Popen[bytes]", command: list[str], output: bytes) -> None:
    """Raise `EngineError` when it was the engine that failed; a container that has ended is the student's."""
    assert process.stderr is not None
    for said in (output, os.read(process.stderr.fileno(), CHUNK_BYTES)):
        text = said.decode("utf-8", errors="replace")
        if text.startswith(_OF_THE_ENGINE) and not is_the_students(text) and _ENDED not in text:
            raise EngineError(command, process.returncode, text)
