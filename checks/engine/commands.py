"""Run programs with a time limit: wait for their end, or read their output as it arrives.

The functions raise EngineError if a program cannot run, or fails where it must succeed.
"""

import os
import selectors
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from checks.engine.errors import EngineError
from checks.engine.retry import Patience

TIME_LIMIT_S: Final = 600.0


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
    stdin: bytes | None = None,
    directory: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `command` (no shell) in `directory`; raise EngineError unless it succeeds in time."""
    completed = attempt(
        command, environment=environment, time_limit_s=time_limit_s, stdin=stdin, directory=directory
    )
    if completed.returncode:
        output = completed.stdout + completed.stderr
        raise EngineError([str(word) for word in command], completed.returncode, output)
    return completed


def attempt(  # noqa: PLR0913 - the options of one program
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
    stdin: bytes | None = None,
    directory: Path | None = None,
    program: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Like `run`, but return a failing exit code; raise only if the program cannot run or takes too long.

    `program` is the file to execute, if the first word must be another name (argv[0]).
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            executable=program,
            cwd=directory,
            env=None if environment is None else dict(environment),
            input=b"" if stdin is None else stdin,
            capture_output=True,
            timeout=time_limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(words, -1, f"it was stopped after {time_limit_s:g} s") from error
    except OSError as error:
        raise EngineError(words, -1, str(error)) from error
    # Programs print arbitrary bytes: escape the undecodable ones, never fail on them.
    out, err = (stream.decode("utf-8", "backslashreplace") for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(words, done.returncode, out, err)


GRACE_SECONDS = 10
CHUNK_BYTES = 65536
LEAST_SECONDS = 0.1  # between two checks of the time limit


class OutOfTime(Exception):  # noqa: N818 - an expected end, not a fault
    """The time limit is over."""


@contextmanager
def started(
    command: Sequence[str | Path], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program whose standard error the caller reads; on exit, end it.

    The kernel ends it when we die (setpriv), and BuildKit cancels a build when its client ends.
    """
    leash = [path, "--pdeathsig", "TERM"] if (path := shutil.which("setpriv")) else []
    process = subprocess.Popen(
        [*leash, *map(str, command)],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def lines(process: subprocess.Popen[bytes], patience: Patience) -> Iterator[bytes]:
    """Yield its standard error line by line; raise `OutOfTime` at the time limit."""
    assert process.stderr is not None
    rest = b""
    for chunk in chunks(process.stderr, patience):
        *complete, rest = (rest + chunk).split(b"\n")
        yield from filter(None, complete)
    yield from filter(None, [rest])


def chunks(stream: IO[bytes], patience: Patience) -> Iterator[bytes]:
    """Yield the bytes of a pipe until its end; raise `OutOfTime` at the time limit."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if patience.is_over:
                raise OutOfTime
            if not selector.select(max(patience.left, LEAST_SECONDS)):
                continue
            if not (chunk := os.read(stream.fileno(), CHUNK_BYTES)):
                return
            yield chunk


def _end(process: subprocess.Popen[bytes]) -> None:
    """Send SIGTERM, then kill its whole session, since the Docker CLI runs its plugins as children."""
    assert process.stderr is not None
    process.stderr.close()  # a client blocked on a full pipe would not react to the signal
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
