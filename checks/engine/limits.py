"""The limits that a student's build and container run under, each with the name that a message uses."""

from dataclasses import dataclass

MIB = 1024 * 1024


class LimitHit(Exception):  # noqa: N818 - the student's build ran into it; nothing of ours is broken
    """A limit was hit; the message names it."""


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """One build. Time does not count the pulling of base images."""

    seconds: int = 900
    memory_mib: int = 4096
    processes: int = 2048
    output_mib: int = 16


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """One running container; time is that of each wait for it, and nothing outlives its grading."""

    seconds: int = 60
    memory_mib: int = 1024
    processes: int = 256
    cpus: float = 1.0
    log_mib: int = 4
