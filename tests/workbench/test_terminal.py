"""What a student sees in a real terminal: programs run behind a pseudo-terminal, and their screens are read."""

import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from checks.engine import Engine
from checks.lab import ROOT, Lab
from checks.workbench import Workbench
from checks.workbench import external_tools as opinions
from checks.workbench.context import terminal_variables
from checks.workbench.images import build

CODE = """\
import fcntl, pathlib, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the terminal is its own, so that Ctrl-C becomes a signal
from checks.lab import load_lab
from checks.interruption import heed_signals
from checks import workbench
heed_signals()
verb, folder = sys.argv[1:]
sys.exit(getattr(workbench, verb)(workbench.Workbench(load_lab("Tiny", pathlib.Path(folder)))))
"""
SIZE = (40, 120)
SECONDS = 120.0
CONTROL_C = b"\x03"
# What moves the cursor or changes colours (ECMA-48); the words on the screen stay.
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")


@dataclass
class Terminal:
    """A program behind a pseudo-terminal; `seen` is all that it has shown."""

    process: subprocess.Popen[bytes]
    ours: int
    theirs: int
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
def _terminal(verb: str, lab: Lab) -> Iterator[Terminal]:
    """One verb of the workbench, as `make` starts it in a terminal."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, SIZE)
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, verb, str(lab.folder.parent)],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    try:
        yield Terminal(process, ours, theirs)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("keys", [b"q", CONTROL_C], ids=["q", "Ctrl-C"])
def test_dive_draws_its_screen(lab: Lab, keys: bytes) -> None:
    if not (opinions.TOOLS / "dive").exists():
        pytest.skip("dive is not here: `make tools` brings it")
    assert build(Workbench(lab)) == 0
    with _terminal("dive", lab) as terminal:
        before = terminal.settings
        terminal.wait_for("Layers", "Current Layer Contents", "Image efficiency score", lab.image.tag)
        assert terminal.settings != before
        terminal.press(keys)
        assert terminal.end() == 0
        assert terminal.settings == before
        assert "Traceback" not in terminal.screen


def test_run_ends_with_control_c(lab: Lab, engine: Engine) -> None:
    assert build(Workbench(lab)) == 0
    with _terminal("run", lab) as terminal:
        before = terminal.settings
        terminal.wait_for(f"http://localhost:{lab.port:g} (Ctrl-C ends it)", "Serving HTTP on")
        terminal.press(CONTROL_C)
        assert terminal.end() == 0
        assert terminal.settings == before
        assert "Traceback" not in terminal.screen
    assert _gone(engine, lab.image.tag)


def _gone(engine: Engine, tag: str) -> bool:
    """Whether no container of the image is left; the engine removes it a moment after its client has ended."""
    deadline = time.monotonic() + SECONDS
    while engine.client.containers.list(all=True, filters={"ancestor": tag}):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_only_what_is_about_the_terminal_is_handed_on() -> None:
    about = {
        "TERM": "xterm",
        "COLORTERM": "truecolor",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "COLUMNS": "80",
    }
    others = {
        "PATH": "/bin",
        "DOCKER_HOST": "tcp://x",
        "API_KEY": "secret",
        "LD_PRELOAD": "x",
        "TERMINAL": "x",
    }
    assert terminal_variables({**about, **others}) == about
