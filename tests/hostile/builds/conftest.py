"""Hostile builds, graded by the command line, and probes that detect what a build reached."""

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.lab import ROOT, load_lab
from checks.outcomes import CheckResult, Outcome, Report
from checks.reports import json_v1


@dataclass(frozen=True)
class Graded:
    """What a grading of one lab gave; `shown` is what the person saw."""

    report: Report
    shown: str

    def check(self, check_id: str) -> CheckResult:
        """One check of the lab."""
        return next(check for check in self.report.checks if check.id == check_id)

    @property
    def errors(self) -> list[CheckResult]:
        """What the grader takes upon itself."""
        return [check for check in self.report.checks if check.outcome is Outcome.ERROR]


HandIn = Callable[..., Graded]


@pytest.fixture
def hand_in(engine: Engine, tmp_path: Path) -> HandIn:
    """Grade the reference solution of a lab with these files (text by name) in place of its own."""

    def call(lab: str, files: Mapping[str, str], *, name: str = "ada") -> Graded:
        assert engine
        folder = load_lab(lab).id
        shutil.copytree(ROOT / "solutions" / folder, tmp_path / name / folder, dirs_exist_ok=True)
        for file, text in files.items():
            (tmp_path / name / folder / file).write_text(text)
        out = tmp_path / "out"
        words = [
            sys.executable,
            "-m",
            "checks",
            "grade",
            str(tmp_path / name),
            "--lab",
            lab,
            "--out",
            str(out),
        ]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (out / f"{name}.json").exists(), done.stdout + done.stderr
        return Graded(json_v1.load((out / f"{name}.json").read_text()), done.stdout)

    return call


@dataclass
class Listener:
    """A service of the grading machine: what came in on its port."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    def serve(self, server: socket.socket) -> None:
        """Answer whoever comes with one word, until the socket is closed."""
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.heard.append(connection.recv(4096))
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nreached\n")
                except OSError:
                    self.heard.append(b"")


@contextmanager
def _listening(address: str) -> Iterator[Listener]:
    """Listen on one address of this machine."""
    with socket.create_server((address, 0), backlog=64) as server:
        listener = Listener(server.getsockname()[1])
        threading.Thread(target=listener.serve, args=(server,), daemon=True).start()
        yield listener
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def listening() -> Callable[[str], AbstractContextManager[Listener]]:
    """Services of the grading machine, wherever a test wants one."""
    return _listening


@pytest.fixture
def loopback() -> Iterator[Listener]:
    """A service on the loopback of the grading machine."""
    with _listening("127.0.0.1") as listener:
        yield listener
