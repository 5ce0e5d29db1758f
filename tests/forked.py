"""Run the command line in a process forked from one that has imported the grader, within kernel limits."""

import os
import resource
import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["checks.grading.preload", __name__])
SECONDS = 60.0  # until it is given up


def grade_within(words: Sequence[str], output: Path, *, cpu_seconds: int, memory_bytes: int) -> int:
    """The exit status of `checks` with these words, negative for a signal; `output` gets what it prints."""
    process = FORKS.Process(target=_grade, args=(tuple(words), str(output), cpu_seconds, memory_bytes))
    process.start()
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    return int(process.exitcode or 0)


def _grade(words: tuple[str, ...], output: str, cpu_seconds: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    from checks.__main__ import main

    with Path(output).open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        status = main(words)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
