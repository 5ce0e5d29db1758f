"""The model that a training wrote, against the one that its rows make."""

from typing import Any

import pytest

from checks.evidence.service.model import Model
from checks.expect.training import learnt
from checks.outcomes import CheckFailed

MODEL = Model("v1", (2.0, 3.5), -1.0)
RIGHT: dict[str, Any] = {"version": "v1", "coefficients": [2.0, 3.5], "intercept": -1.0}


@pytest.mark.parametrize("more", [{}, {"features": ["area"]}, {"intercept": -1.0000000001}])
def test_it_is_learnt(more: dict[str, Any]) -> None:
    learnt({**RIGHT, **more}, MODEL, 1e-6)


@pytest.mark.parametrize(
    "other",
    [
        {"version": "v2"},
        {"version": ["v1"]},
        {"coefficients": [2.0, 3.6]},
        {"coefficients": [2.0]},
        {"coefficients": {"0": 2.0}},
        {"coefficients": ["2.0", "3.5"]},
        {"intercept": float("nan")},
        {"intercept": 10**400},
        {"intercept": None},
    ],
)
def test_it_is_another_one(other: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed) as failed:
        learnt({**RIGHT, **other}, MODEL, 1e-6)
    assert failed.value.actual.startswith("another one")


def test_there_is_none() -> None:
    with pytest.raises(CheckFailed) as failed:
        learnt({}, MODEL, 1e-6)
    assert failed.value.actual == "there is none"
