"""The limits that a student's build and container run under, each with the name that a message uses."""

from dataclasses import dataclass
from typing import Literal

MIB = 1024 * 1024
Hit = Literal["time", "memory", "processes", "output", "disk"]
WITHHELD = ("MKNOD", "NET_RAW")
"""Capabilities that Docker gives by default and the grader does not: to forge packets, and to make a device where
the grader is about to write a file (capabilities(7))."""


class LimitHit(Exception):  # noqa: N818 - the student's build ran into it; nothing of ours is broken
    """A limit was hit; the message names it."""


class TimeLimitHit(LimitHit):
    """That of time, which a build that waits for a network in vain runs into as well."""


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """One build. Time does not count the pulling of base images.

    Of what a step prints, BuildKit passes on no more than its own limits allow (2 MiB, and 200 KiB in a
    second: `BUILDKIT_STEP_LOG_MAX_SIZE` and `_SPEED`). The embedded engine has them lifted, so that this
    limit counts all there is; on a host's, a step that prints for ever meets the limit of time. There, only time
    limits what a build writes to the disk, too: it is not ours to look at.
    """

    seconds: float = 900
    memory_mib: int = 4096
    processes: int = 2048
    output_mib: int = 16
    disk_mib: int = 8192

    def sentence(self, hit: Hit) -> str:
        """What a person reads about a limit that was hit."""
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
    """One running container; time is that of each wait for it, and nothing outlives its grading."""

    seconds: int = 60
    memory_mib: int = 1024
    processes: int = 256
    cpus: float = 1.0
    log_mib: int = 4
    disk_mib: int = 1024
