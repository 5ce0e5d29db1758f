"""Which run of a health check counts. The runs are given: an engine that is late now and then cannot be had."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from checks.evidence.service import health
from checks.evidence.service.health import Probe, next_probe

LATE = (-1, "Health check exceeded timeout (2s)")
NEVER_BEGUN = (-1, "timed out starting health check for container x")
NO_PROGRAM = (-1, "OCI runtime exec failed: exec failed: unable to start container process")
WELL, ILL = (0, ""), (1, "503")


@dataclass
class Container:
    """One whose health check has a new run each time that somebody looks; the engine keeps five."""

    ends: list[tuple[int, str]]
    runs: list[dict[str, Any]] = field(default_factory=list)

    def inspect(self) -> dict[str, Any]:
        if self.ends:
            status, output = self.ends.pop(0)
            self.runs.append({"Start": f"{len(self.ends):04}", "ExitCode": status, "Output": output})
        return {"State": {"Health": {"Log": self.runs[-5:]}}}

    def is_over(self) -> bool:
        return False


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "POLL_SECONDS", 0.001)


def probe(*ends: tuple[int, str], seconds: float = 60) -> Probe | None:
    """What counts of these: the first is over, and the second under way, when somebody asks."""
    return next_probe(Container([*ends]), seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize("late", [LATE, NEVER_BEGUN])
def test_what_is_cut_off_gives_way_to_what_ends(late: tuple[int, str]) -> None:
    assert probe(ILL, ILL, late, late, WELL) == Probe("0000", *WELL)
    assert probe(WELL, WELL, late, ILL, WELL) == Probe("0001", *ILL)
    assert probe(WELL, WELL, *[late] * 9, ILL) == Probe("0000", *ILL)


def test_where_all_are_cut_off_it_is_the_last() -> None:
    found = probe(WELL, WELL, LATE, LATE, seconds=1)
    assert found is not None
    assert (found.status, found.output) == LATE


@pytest.mark.parametrize("end", [WELL, ILL, NO_PROGRAM])
def test_the_first_that_begins_from_now_on(end: tuple[int, str]) -> None:
    assert probe(LATE, LATE, end, WELL, ILL) == Probe("0002", *end)


def test_a_run_that_has_begun_does_not_count() -> None:
    assert probe(WELL, WELL, seconds=0.1) is None
