"""The limits of a student's build and container, each with the name that messages use."""

from dataclasses import dataclass
from typing import Literal

MIB = 1024 * 1024
Hit = Literal["time", "memory", "processes", "output", "disk"]
WITHHELD = ("MKNOD", "NET_RAW")
"""Docker's default capabilities that the grader withholds: they would let a container forge packets, or create a
device where the grader is about to write a file (capabilities(7))."""


class LimitHit(Exception):  # noqa: N818 - the student's build hit it; nothing of ours is broken
    """A limit was hit; the message names it."""


class TimeLimitHit(LimitHit):
    """The time limit was hit; a build that waits for a dead network hits it too."""


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """The limits of one build. Time does not include the pulling of base images.

    BuildKit clips the output of a step (2 MiB, and 200 KiB a second: `BUILDKIT_STEP_LOG_MAX_SIZE`, `_SPEED`). The
    embedded engine lifts that, so `output_mib` counts all of it. On a host's engine, only the time limit stops a
    step that prints for ever, or a build that fills the disk.
    """

    seconds: float = 900
    memory_mib: int = 4096
    processes: int = 2048
    output_mib: int = 16
    disk_mib: int = 8192

    def sentence(self, hit: Hit) -> str:
        """Return the sentence that tells the student which limit the build hit."""
        processes = f"the build was refused more than {self.processes} processes"
        return {
            "time": f"the build was stopped after {self.seconds:g} s (its limit of time)",
            "memory": f"the build was killed at {self.memory_mib} MiB (its limit of memory)",
            "processes": f"{processes} (its limit of processes)",
            "output": f"the build was stopped after {self.output_mib} MiB of output (its limit of output)",
            "disk": f"the build wrote more than {self.disk_mib} MiB (its limit of disk)",
        }[hit]


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """The limits of one running container; `seconds` applies to each wait for it."""

    seconds: int = 60
    memory_mib: int = 1024
    processes: int = 256
    cpus: float = 1.0
    log_mib: int = 4
    disk_mib: int = 1024
