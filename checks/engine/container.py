"""A student's container at work, seen from outside."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.disk import DiskWatch
from checks.engine.engine import Engine
from checks.engine.limits import ContainerLimits
from checks.engine.retry import Patience

if TYPE_CHECKING:
    from docker.models.containers import Container as DockerContainer

KILLED = 128 + 9  # the exit code of what SIGKILL has ended
NEWS_SECONDS = 2.0  # by which one event of the engine may be later than another


@dataclass(frozen=True)
class Running:
    """A container at work, seen from outside; never asked about itself, since an image can lie."""

    engine: Engine
    container: "DockerContainer"
    limits: ContainerLimits
    disk: DiskWatch | None = None

    def inspect(self) -> dict[str, Any]:
        """What the engine knows of it, fresh."""
        self.container.reload()
        return dict(self.container.attrs)

    def published(self, port: int) -> int | None:
        """The port on loopback behind which `port` answers."""
        bindings = self.inspect()["NetworkSettings"]["Ports"].get(f"{port}/tcp") or [{}]
        number = bindings[0].get("HostPort")
        return int(number) if number else None

    def is_over(self) -> bool:
        """Whether it has ended."""
        return bool(self.inspect()["State"]["Status"] in {"exited", "dead"})

    def ending(self) -> str:
        """How it ended, with the limit it ran into where there was one."""
        state = self.inspect()["State"]
        how = f"it ended with exit code {state['ExitCode']}" + (
            f": {state['Error']}" if state["Error"] else ""
        )
        return self.limit_hit() or how

    def limit_hit(self) -> str | None:
        """The limit that it ran into, as the engine and the kernel know it."""
        if self.disk is not None and self.disk.hit:
            return (
                f"it was stopped when it had written more than {self.limits.disk_mib} MiB (its limit of disk)"
            )
        state = self.inspect()["State"]
        if self._ran_out_of_memory(state):
            return f"it was killed at {self.limits.memory_mib} MiB (its limit of memory)"
        if state["Running"] and self._processes() >= self.limits.processes:
            return f"it was refused more than {self.limits.processes} processes (its limit of processes)"
        return None

    def _ran_out_of_memory(self, state: Mapping[str, Any]) -> bool:
        """As the engine says; it hears of that on another way than of the end, and may hear of the end first."""
        patience = Patience(NEWS_SECONDS)
        while not state.get("OOMKilled"):
            if state["Running"] or state["ExitCode"] != KILLED or patience.is_over:
                return False
            time.sleep(0.1)
            state = self.inspect()["State"]
        return True

    def _processes(self) -> int:
        """How many processes and threads there are in it now."""
        stats: Any = self.container.stats(stream=False, one_shot=True)
        return int(stats.get("pids_stats", {}).get("current", 0))

    def logs(self) -> str:
        """What it wrote so far, bounded by its log limit."""
        return self.container.logs(stdout=True, stderr=True).decode(errors="replace")

    def read(self, path: str) -> str:
        """A text file inside, "" when there is none."""
        from checks.engine.exec import read_file

        return read_file(self.engine, str(self.container.id), path)

    def wait_over(self, seconds: float) -> bool:
        """Wait for its end; False when it is still there after `seconds`."""
        patience = Patience(seconds)
        while not self.is_over():
            if patience.is_over:
                return False
            time.sleep(0.1)
        return True
