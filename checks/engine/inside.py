"""Programs inside a container, bounded; files through testinfra, whose own backend waits and keeps for ever.

testinfra asks the image's own programs, so that it shows no more than the image admits: who and what a
container is, `inspect` tells.
"""

import subprocess
from collections.abc import Sequence
from typing import Any

from testinfra.backend.docker import DockerBackend
from testinfra.host import Host

from checks.engine.client import OutOfTime, chunks
from checks.engine.engine import Engine
from checks.engine.patience import Patience

SECONDS = 10.0
MAX_BYTES = 1_000_000


def read_file(engine: Engine, container_id: str, path: str) -> str:
    """A text file, as far as the limit of bytes; "" when there is none, or nothing says so in time."""
    file = Host(_Backend(engine, container_id)).file(path)
    try:
        return str(file.content.decode("utf-8", errors="replace")) if file.exists else ""
    except RuntimeError:  # it is there, but the program that should read it fails
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


def _bounded(command: list[str], environment: dict[str, str]) -> tuple[bytes, int]:
    """What it prints and its exit status; 1 when it was stopped at the limit of time."""
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        output, patience = b"", Patience(SECONDS)
        try:
            for chunk in chunks(process.stdout, patience):
                output += chunk
                if len(output) > MAX_BYTES:
                    return output[:MAX_BYTES], 0
            return output, abs(process.wait(max(1.0, patience.left)))
        except (OutOfTime, subprocess.TimeoutExpired):
            return b"", 1
        finally:
            process.kill()
