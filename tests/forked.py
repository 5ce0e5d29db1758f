"""The command line in forks of a process that has imported the grader, so that no test waits for imports."""

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from checks.lab import ROOT

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["checks.grading.preload", "docker", __name__])
SECONDS = 120.0  # after which a process is killed


@dataclass(frozen=True)
class Limits:
    """Limits that the kernel keeps: CPU in seconds beyond the start, memory in bytes of address space."""

    cpu_seconds: int
    memory_bytes: int


@dataclass(frozen=True)
class Done:
    """How it ended: its exit status, negative for a signal, and its output."""

    status: int
    stdout: str
    stderr: str


def run_checks(
    words: Sequence[str],
    room: Path,
    limits: Limits | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    seconds: float = SECONDS,
) -> Done:
    """Run `python -m checks` with these words in the project's directory; `room` gets files with the output."""
    room.mkdir(parents=True, exist_ok=True)
    files = room / "stdout", room / "stderr"
    process = FORKS.Process(
        target=_run, args=(tuple(words), tuple(map(str, files)), dict(environment), limits)
    )
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
    stdout, stderr = (file.read_text("utf-8") for file in files)
    return Done(int(process.exitcode or 0), stdout, stderr)


def _run(
    words: tuple[str, ...], files: tuple[str, ...], environment: Mapping[str, str], limits: Limits | None
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for number, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    if limits is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    from checks.__main__ import main

    status = main(words)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
