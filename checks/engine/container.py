"""A student's running container: observe it through the engine, and read its files with its own programs.

testinfra runs programs of the image, which may lie. Facts about the container itself come from `inspect`.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from testinfra.backend.docker import DockerBackend
from testinfra.host import Host

from checks.engine.commands import CHUNK_BYTES, OutOfTime, chunks
from checks.engine.disk import DiskWatch
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import MIB, ContainerLimits
from checks.engine.refusals import UNREACHED, is_the_students
from checks.engine.retry import Patience, again

if TYPE_CHECKING:
    from docker.models.containers import Container as DockerContainer

KILLED = 128 + 9  # the exit code after SIGKILL
NEWS_SECONDS = 5.0  # maximum delay between the `die` and the `oom` event; 2 were once not enough

SECONDS = 10.0  # for one program in the container
MAX_BYTES = 1_000_000
# Prefixes of the errors that `docker exec` prints for the engine or for the connection to it.
_OF_THE_ENGINE = ("Error response from daemon", "OCI runtime exec failed", *UNREACHED)
_ENDED = "is not running"


@dataclass(frozen=True)
class Running:
    """A running container. Facts about it come from the engine, since an image can lie."""

    engine: Engine
    container: "DockerContainer"
    limits: ContainerLimits
    disk: DiskWatch | None = None

    def inspect(self) -> dict[str, Any]:
        """Return the engine's current description of the container."""
        self.container.reload()
        return dict(self.container.attrs)

    def published(self, port: int) -> int | None:
        """Return the loopback port that publishes `port`; None if `port` is not published."""
        bindings = self.inspect()["NetworkSettings"]["Ports"].get(f"{port}/tcp") or [{}]
        number = bindings[0].get("HostPort")
        return int(number) if number else None

    def is_over(self) -> bool:
        """Whether the container has ended."""
        return bool(self.inspect()["State"]["Status"] in {"exited", "dead"})

    def ending(self) -> str:
        """Describe how it ended: the limit that it hit, or its exit code."""
        state = self.inspect()["State"]
        how = f"it ended with exit code {state['ExitCode']}" + (
            f": {state['Error']}" if state["Error"] else ""
        )
        return self.limit_hit() or how

    def limit_hit(self) -> str | None:
        """Describe the limit that it hit, as the engine and the kernel report it; None if it hit no limit."""
        if self.disk is not None and self.disk.hit:
            return (
                f"it was stopped when it had written more than {self.limits.disk_mib} MiB (its limit of disk)"
            )
        facts = self.inspect()
        state = facts["State"]
        if self._ran_out_of_memory(state):  # a Compose file may have set a lower limit than ours
            return f"it was killed at {facts['HostConfig']['Memory'] // MIB} MiB (its limit of memory)"
        if state["Running"] and self._processes() >= self.limits.processes:
            return f"it was refused more than {self.limits.processes} processes (its limit of processes)"
        return None

    def _ran_out_of_memory(self, state: Mapping[str, Any]) -> bool:
        """Whether the engine reports an OOM kill; it may report the container's end first, so wait a moment."""
        patience = Patience(NEWS_SECONDS)
        while not state.get("OOMKilled"):
            if state["Running"] or state["ExitCode"] != KILLED or patience.is_over:
                return False
            time.sleep(0.1)
            state = self.inspect()["State"]
        return True

    def _processes(self) -> int:
        """Return the current number of processes and threads in it."""
        stats: Any = self.container.stats(stream=False, one_shot=True)
        return int(stats.get("pids_stats", {}).get("current", 0))

    def logs(self) -> str:
        """Return its output so far, up to its limit of logs."""
        return self.container.logs(stdout=True, stderr=True).decode(errors="replace")

    def read(self, path: str) -> str:
        """Return the text of a file in the container; "" if it does not exist."""
        return read_file(self.engine, str(self.container.id), path)

    def wait_over(self, seconds: float) -> bool:
        """Wait for its end; False if it is still running after `seconds`."""
        patience = Patience(seconds)
        while not self.is_over():
            if patience.is_over:
                return False
            time.sleep(0.1)
        return True


def read_file(engine: Engine, container_id: str, path: str) -> str:
    """Return the start of a text file; "" if it does not exist or the container does not answer in time."""
    try:
        file = Host(_Backend(engine, container_id)).file(path)
        return str(file.content.decode("utf-8", errors="replace")) if file.exists else ""
    except (RuntimeError, AssertionError):  # the program that reads it fails, or the image has no shell
        return ""


def run_inside(engine: Engine, container_id: str, words: Sequence[str]) -> str:
    """Run a program of the image and return its output, up to the limit of bytes; "" at the time limit."""
    command = [str(engine.cli), "exec", container_id, *words]
    output, _ = _bounded(command, dict(engine.environment))
    return output.decode("utf-8", errors="replace")


class _Backend(DockerBackend):  # type: ignore[misc]  # testinfra ships no types
    """`docker exec` on our engine, with limits of time and output, which testinfra's own backend lacks."""

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
    """Return the output and the exit status of `docker exec`; the status is 1 if the time limit ended it.

    Raises `EngineError` if the engine fails although the container is running.
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
            status = process.wait(max(1.0, patience.left))
        except (OutOfTime, subprocess.TimeoutExpired):
            return b"", 1
        finally:
            process.kill()
        if status:
            _require_engine(process, command, output)
        return output, status


def _require_engine(process: "subprocess.Popen[bytes]", command: list[str], output: bytes) -> None:
    """Raise `EngineError` if engine or client failed, but not if the container ended or the image is at fault."""
    assert process.stderr is not None
    if process.returncode < 0:
        raise EngineError(command, process.returncode, "something killed it")
    for said in (output, os.read(process.stderr.fileno(), CHUNK_BYTES)):
        text = said.decode("utf-8", errors="replace")
        if text.startswith(_OF_THE_ENGINE) and not is_the_students(text) and _ENDED not in text:
            raise EngineError(command, process.returncode, text)
