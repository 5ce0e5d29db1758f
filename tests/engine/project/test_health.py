"""The intervals of health checks are bounded, whether the file, the image or neither sets them."""

from typing import Any

import pytest

from checks.engine.project.resources import paced

MS = 1_000_000


@pytest.mark.parametrize(
    ("own", "image"),
    [
        (None, None),
        (None, {"Test": ["CMD", "true"], "Interval": 30_000 * MS}),
        ({"test": ["CMD", "true"]}, None),
        ({"test": ["CMD", "true"], "interval": "1s"}, {"Interval": 1 * MS}),
        ({"interval": "500ms", "start_interval": "1m30s"}, None),
        ({"interval": "0s"}, None),
        ({"disable": True}, None),
    ],
)
def test_a_pace_that_is_kept(own: Any, image: Any) -> None:
    assert paced(own, image) == own


@pytest.mark.parametrize(
    ("own", "image", "changed"),
    [
        ({"interval": "1ms"}, None, {"interval": "500ms"}),
        (None, {"Interval": 1 * MS}, {"interval": "500ms"}),
        ({"test": ["CMD", "a"]}, {"Interval": 1 * MS}, {"interval": "500ms"}),
        ({"interval": "0s"}, {"Interval": 1 * MS}, {"interval": "500ms"}),
        (
            {"start_interval": "10us", "start_period": "1h0m0s"},
            None,
            {"start_interval": "500ms", "start_period": "1h0m0s"},
        ),
        (
            None,
            {"StartInterval": 1 * MS, "StartPeriod": 9_000 * MS},
            {"start_interval": "500ms", "start_period": f"{9_000 * MS}ns"},
        ),
    ],
)
def test_a_pace_that_is_slowed(own: Any, image: Any, changed: Any) -> None:
    assert paced(own, image) == {**(own or {}), **changed}
