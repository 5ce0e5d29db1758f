"""A Dask cluster on this machine, of real processes: a scheduler, and workers that can be killed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checks.lab import ROOT

SECONDS = 120.0  # for a process to begin, on a machine that is busy
GRACE = 10.0  # for one to end by itself: a nanny that was starting its worker anew never does
RESOURCE = "engine=1"


@dataclass
class DaskCluster:
    """The processes, by name; `folder` has the scheduler's address and the workers' logs."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The scheduler's address, once it has written that."""
        file = self.folder / "scheduler.json"
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if file.exists() and (text := file.read_text()).strip().endswith("}"):
                return str(json.loads(text)["address"])
            time.sleep(0.1)
        raise TimeoutError(self.log("scheduler"))

    def scheduler(self, *words: str) -> None:
        """Start the scheduler on a free port of the loopback."""
        file = str(self.folder / "scheduler.json")
        address = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
        self._start("scheduler", *address, *words)

    def worker(self, name: str, *words: str, course: Path = ROOT) -> None:
        """Start a worker with one engine, in the folder of a course."""
        place = ("--local-directory", str(self.folder / name), "--no-dashboard", "--nthreads", "1")
        self._start("worker", self.address, "--resources", RESOURCE, *place, *words, name=name, course=course)

    def wait_until_joined(self, name: str) -> None:
        """Wait until the scheduler has a worker."""
        deadline = time.monotonic() + SECONDS
        while "Registered to" not in self.log(name):
            assert time.monotonic() < deadline, self.log(name)
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        """Kill a process at once, as a machine does that loses its power."""
        self.processes[name].kill()
        self.processes[name].wait()

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text()

    def stop(self) -> None:
        """End all of them."""
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, kind: str, *words: str, name: str = "", course: Path = ROOT) -> None:
        name = name or kind
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", "dask", kind, *words]
            self.processes[name] = subprocess.Popen(
                command, cwd=course, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )


@contextmanager
def cluster_in(folder: Path, environment: Mapping[str, str] = os.environ) -> Iterator[DaskCluster]:
    """Begin a cluster whose processes end with the block."""
    folder.mkdir(parents=True)
    cluster = DaskCluster(folder, environment)
    try:
        yield cluster
    finally:
        cluster.stop()
