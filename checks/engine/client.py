"""The Docker CLI at work on a build: read as it goes, and never left behind."""

import os
import selectors
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from checks.engine.engine import Engine
from checks.engine.retry import Patience

GRACE_SECONDS = 10
CHUNK_BYTES = 65536
LEAST_SECONDS = 0.1  # between two looks at the clock


class OutOfTime(Exception):  # noqa: N818 - what was waited for, not a fault
    """There is no patience left."""


@contextmanager
def client(engine: Engine, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """`docker ARGUMENTS`, its standard error to be read; ended on the way out.

    BuildKit stops a build when its client goes, and the client goes with us, however we go.
    """
    leash = [path, "--pdeathsig", "TERM"] if (path := shutil.which("setpriv")) else []
    process = subprocess.Popen(
        [*leash, str(engine.cli), *arguments],
        env=dict(engine.environment),
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
    """What it says on standard error, line by line; raises `OutOfTime`."""
    assert process.stderr is not None
    rest = b""
    for chunk in chunks(process.stderr, patience):
        *complete, rest = (rest + chunk).split(b"\n")
        yield from filter(None, complete)
    yield from filter(None, [rest])


def chunks(stream: IO[bytes], patience: Patience) -> Iterator[bytes]:
    """What comes through a pipe until its end; raises `OutOfTime` when there is no patience left."""
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
    """Ask it to stop, then make it: with its whole session, since the CLI runs its plugins as children."""
    assert process.stderr is not None
    process.stderr.close()  # a client that waits for us to read would not hear us
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
