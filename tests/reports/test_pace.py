"""How far a class has come, and how long the rest takes; what was kept takes no time."""

import pytest

from checks.reports.pace import Pace


@pytest.mark.parametrize(
    ("kept", "done", "seconds", "said"),
    [
        (0, 1, 2.0, "1 of 10 done, about 18 s left"),
        (0, 10, 20.0, "10 of 10 done, about 0 s left"),
        (4, 2, 0.1, "2 of 10 done (4 unchanged)"),
        (4, 6, 3.0, "6 of 10 done (4 unchanged), about 6 s left"),
    ],
)
def test_time_left(kept: int, done: int, seconds: float, said: str) -> None:
    times = iter((100.0, 100.0 + seconds))
    assert Pace(10, kept, lambda: next(times)).after(done) == said
