"""The marker `engine`: exactly the tests that use the fixture have it, and no other test finds an engine."""

import subprocess
import sys

import pytest

from checks.engine import NoEngine, find
from checks.lab import ROOT

FIND = "from checks.engine import find; find()"


def test_without_the_marker_no_engine_is_found() -> None:
    with pytest.raises(NoEngine, match="ENGINE_RELEASE is `none"):
        find("auto")
    with pytest.raises(NoEngine, match="ENGINE_RELEASE is `none"):
        find("embedded")


def test_nor_by_a_program_that_such_a_test_starts() -> None:
    done = subprocess.run([sys.executable, "-c", FIND], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "ENGINE_RELEASE is `none" in done.stderr


def test_the_marker_is_that_of_the_fixture(request: pytest.FixtureRequest) -> None:
    """Also where a fixture asks for it that asks for it."""
    for item in request.session.items:
        asks = "engine" in getattr(item, "fixturenames", ())
        assert asks == (item.get_closest_marker("engine") is not None), item.nodeid


def test_readers_are_tested_without_one(request: pytest.FixtureRequest) -> None:
    """What asks the real programs is in `tests/oracles/`."""
    parsing = (item for item in request.session.items if item.nodeid.startswith("tests/parsing/"))
    assert [item.nodeid for item in parsing if item.get_closest_marker("engine")] == []
