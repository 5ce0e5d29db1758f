"""What the health check of a running container says, as the engine records it."""

import time
from dataclasses import dataclass
from typing import Any

from checks.engine.container import Running
from checks.engine.retry import Patience

POLL_SECONDS = 0.2
# How dockerd tells of a run that did not come to its end (moby, daemon/health.go), with exit status -1.
CUT_OFF = ("Health check exceeded timeout", "timed out starting health check")


@dataclass(frozen=True, slots=True)
class Probe:
    """One run of a health check: its exit status, 0 for healthy, and its output. `begun` is the engine's time."""

    begun: str
    status: int
    output: str

    @property
    def is_cut_off(self) -> bool:
        """Whether the engine ended it at its timeout, or did not get to start it: the machine may be busy."""
        return self.status < 0 and self.output.startswith(CUT_OFF)


def next_probe(running: Running, seconds: float) -> Probe | None:
    """Return the first run of the health check that begins from now on; None if none ends in time.

    A run that has begun already may have seen the service in another state, so the one behind it counts. A run that
    is cut off counts only if none comes to its own end within `seconds` of an idle machine.
    """
    seen = [probe.begun for probe in _probes(running)]
    patience, last = Patience(seconds), None
    while not patience.is_over and not running.is_over():
        fresh = [probe for probe in _probes(running) if probe.begun not in seen]
        for last in fresh[1:]:
            if not last.is_cut_off:
                return last
        time.sleep(POLL_SECONDS)
    return last


def _probes(running: Running) -> list[Probe]:
    """Return the last runs, oldest first; the engine keeps five."""
    health: Any = running.inspect()["State"].get("Health") or {}
    return [
        Probe(str(entry["Start"]), int(entry["ExitCode"]), str(entry.get("Output", "")))
        for entry in health.get("Log") or ()
    ]
