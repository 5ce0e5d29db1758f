"""A crash of a student's container, which comes from outside of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from checks.engine.container import Running
from checks.engine.project.helpers import NotRunning, crash
from checks.outcomes import CheckFailed
from checks.sanitize import fenced

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def killed(evidence: "LabEvidence", running: Running) -> str:
    """Kill the container's first process; return its start time. Raise `CheckFailed` if it has ended before."""
    _, run = evidence.engines.ready()
    try:
        return crash(running, run, evidence.engines.base(evidence.lab.image.base).image_id)
    except NotRunning as over:
        raise CheckFailed(
            "a service at work, whose process can be killed",
            f"{over}\nIts output:\n{fenced(running.logs())}",
            "A service goes on until somebody stops it. Look at `docker compose logs`.",
        ) from None


@contextmanager
def crashed(evidence: "LabEvidence", running: Running) -> Iterator[str]:
    """Kill the container's process and yield its start time; on exit start the container if it is still down."""
    begun = killed(evidence, running)
    try:
        yield begun
    finally:
        if running.is_over():
            running.container.start()
