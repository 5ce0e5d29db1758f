"""A program behind a pseudo-terminal: keys are pressed, and its screen is read."""

import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from checks.lab import ROOT

CONTROLS = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the terminal is its own, so that Ctrl-C becomes a signal
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
SIZE = (40, 120)  # rows, columns
SECONDS = 120.0
CONTROL_C = b"\x03"
# What moves the cursor or changes colours (ECMA-48); the words on the screen stay.
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")


@dataclass
class Terminal:
    """A program behind a pseudo-terminal; `found` is how it found that, `seen` is all that it has shown."""

    process: subprocess.Popen[bytes]
    ours: int
    theirs: int
    found: list[Any]
    seen: bytes = b""

    def wait_for(self, *words: str) -> None:
        """Read until all of the words have been on the screen."""
        deadline = time.monotonic() + SECONDS
        while not all(word in self.screen for word in words):
            left = deadline - time.monotonic()
            assert left > 0, self.screen
            assert self.process.poll() is None or self._read(0.1), self.screen
            self._read(min(left, 1.0))

    def press(self, keys: bytes) -> None:
        """Type something."""
        os.write(self.ours, keys)

    def end(self) -> int:
        """The exit status, once it has ended; what it says meanwhile is read."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.screen
            self._read(0.5)
        while self._read(0.1):
            pass
        return self.process.returncode

    @property
    def screen(self) -> str:
        """What it has shown, without the sequences that steer the terminal."""
        return _SEQUENCE.sub(b"", self.seen).decode(errors="replace")

    @property
    def settings(self) -> list[Any]:
        """How the terminal is set."""
        return termios.tcgetattr(self.theirs)

    def _read(self, seconds: float) -> bytes:
        if not select.select([self.ours], [], [], seconds)[0]:
            return b""
        chunk = os.read(self.ours, 65_536)
        self.seen += chunk
        return chunk


@contextmanager
def terminal(
    *words: str, environment: Mapping[str, str] | None = None, size: tuple[int, int] = SIZE
) -> Iterator[Terminal]:
    """Python with these words, in a terminal of this size that is its own."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, size)
    found = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-c", CONTROLS, *words],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", **(environment or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    try:
        yield Terminal(process, ours, theirs, found)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
