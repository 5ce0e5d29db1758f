"""What is over has no process to kill: a service may have ended before it is to crash, or be between two starts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import pytest

from checks.engine.project import helpers
from checks.engine.project.helpers import NotRunning, crash
from checks.engine.run import Run

if TYPE_CHECKING:
    from checks.engine.container import Running

States = Sequence[Mapping[str, object]]
AT_WORK = {"Status": "running", "Pid": 42, "StartedAt": "then"}
RESTARTING = {"Status": "restarting", "Pid": 0, "StartedAt": "before"}


class Told:
    """Stands in for a container: the engine tells these states of it, one after the other, and then the last."""

    def __init__(self, states: States) -> None:
        self.states: Iterator[Mapping[str, object]] = iter([*states, *[states[-1]] * 1_000])

    def inspect(self) -> dict[str, Any]:
        return {"State": next(self.states)}

    def ending(self) -> str:
        return "it ended with exit code 3"


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that were killed; nobody waits here."""
    found = list[int]()
    monkeypatch.setattr(helpers, "_kill", lambda _running, _run, _image, process: found.append(process))
    monkeypatch.setattr(helpers, "SECONDS", 0.5)
    monkeypatch.setattr("checks.engine.project.helpers.time.sleep", lambda _seconds: None)
    return found


@pytest.mark.parametrize(
    "states",
    [
        [{"Status": "exited", "Pid": 0, "StartedAt": "then"}],
        [{"Status": "dead", "Pid": 0, "StartedAt": "then"}],
        [{"Status": "created", "Pid": 0, "StartedAt": "0001-01-01T00:00:00Z"}],
        [RESTARTING, {"Status": "exited", "Pid": 0, "StartedAt": "before"}],
    ],
)
def test_one_that_has_ended(states: States, killed: list[int]) -> None:
    with pytest.raises(NotRunning, match="exit code 3"):
        crash(cast("Running", Told(states)), Run(), "image")
    assert killed == []


@pytest.mark.parametrize("states", [[AT_WORK], [RESTARTING, AT_WORK], [RESTARTING] * 5 + [AT_WORK]])
def test_one_that_is_at_work_or_will_be(states: States, killed: list[int]) -> None:
    assert crash(cast("Running", Told(states)), Run(), "image") == "then"
    assert killed == [42]
