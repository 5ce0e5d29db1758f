"""If an engine is killed during a grading, the report keeps the judged checks and says what happened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from checks.commands.status import NOT_GRADED
from checks.engine import Engine, embedded
from checks.engine.embedded import daemons
from checks.engine.embedded.layout import Layout
from checks.lab import ROOT
from checks.outcomes import Outcome, Report
from checks.reports import json_v1

SECONDS = 900
BUILDS = "RUN sleep 600"
SERVES = 'CMD ["sleep", "600"]'


@dataclass(frozen=True)
class Grading:
    """One under way, on an engine that may be killed."""

    place: Layout
    engine: Engine
    process: "subprocess.Popen[str]"
    out: Path

    def kill_the_engine(self) -> None:
        for pid in daemons.running(self.place, ("dockerd",)):
            os.kill(pid, signal.SIGKILL)

    def report(self) -> Report:
        """What it wrote in the end."""
        self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == NOT_GRADED
        (written,) = self.out.glob("*.json")
        return json_v1.load(written.read_text("utf-8"))

    def wait_for(self, sign: str) -> None:
        """Read what it says that it does."""
        said: IO[str] | None = self.process.stderr
        assert said
        while (line := said.readline()) and sign not in line:
            pass

    def wait_for_container(self) -> None:
        while not self.engine.run_cli("ps", "--quiet").stdout.strip():
            assert self.process.poll() is None
            time.sleep(0.1)


Begin = Callable[[str], Grading]


@pytest.fixture
def begin(spare: Layout, saved_base: Path, tmp_path: Path) -> Begin:
    """Grade a submission whose Dockerfile ends with this line, on a host's engine of its own."""
    engine = embedded.start(spare.directory)
    engine.run_cli("load", "--input", str(saved_base))
    engine.run_cli("tag", "debian:bookworm", "ubuntu:20.04")
    lab = tmp_path / "ada" / "task1_layers"
    lab.mkdir(parents=True)
    path = f"{engine.cli.parent}:{engine.environment['PATH']}"
    environment = {**os.environ, **engine.environment, "PATH": path, "XDG_STATE_HOME": str(tmp_path)}

    def begun(line: str) -> Grading:
        (lab / "Dockerfile").write_text(f"FROM ubuntu:20.04\nWORKDIR /server\nCOPY . .\n{line}\n")
        words = [
            "grade",
            str(lab.parent),
            "--lab",
            "Task1",
            "--engine",
            "host",
            "--out",
            str(tmp_path / "out"),
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "checks", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Grading(spare, engine, process, tmp_path / "out")

    return begun


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in report.checks}


def test_while_it_builds(begin: Begin) -> None:
    grading = begin(BUILDS)
    grading.wait_for("RUN sleep")
    grading.kill_the_engine()
    report = grading.report()
    found = outcomes(report)
    assert (found["starts-from-ubuntu"], found["works-in-server"]) == (Outcome.PASS, Outcome.PASS)
    assert (found["builds"], found["serves-hello-world"]) == (Outcome.ERROR, Outcome.BLOCKED)
    _says_whose_fault_it_is(report)


def test_while_a_container_is_at_work(begin: Begin) -> None:
    grading = begin(SERVES)
    grading.wait_for_container()
    grading.kill_the_engine()
    report = grading.report()
    found = outcomes(report)
    assert (found["builds"], found["serves-hello-world"]) == (Outcome.PASS, Outcome.ERROR)
    assert found["within-size-budget"] is Outcome.BLOCKED
    _says_whose_fault_it_is(report)


def test_an_engine_that_was_never_there(begin: Begin) -> None:
    """It is gone before the first check asks for it."""
    grading = begin(BUILDS)
    grading.kill_the_engine()
    report = grading.report()
    assert {check.outcome for check in report.checks if check.kind == "container"} <= {
        Outcome.NOT_RUN,
        Outcome.ERROR,
        Outcome.BLOCKED,
    }


def _says_whose_fault_it_is(report: Report) -> None:
    for check in report.checks:
        if check.outcome is Outcome.ERROR:
            assert "the engine failed" in check.actual
            assert "not you" in check.help
