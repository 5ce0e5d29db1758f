"""A full disk is reported before and during an installation, which leaves nothing that looks complete."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.engine.embedded import tools
from checks.engine.embedded.layout import Layout
from checks.engine.embedded.suites import Suites
from checks.engine.errors import EngineError, NoEngine


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An engine's directory with nothing in it, on a machine whose sources are known."""
    monkeypatch.setattr(tools, "suites", lambda _release: Suites("bookworm", "trixie", ()))
    return Layout(tmp_path)


def test_too_little_room_is_said_before_anything_is_downloaded(
    place: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    with pytest.raises(EngineError, match=r"too full: 700 MB are needed \(5 MB are free"):
        tools.ensure_tools(place, print)
    assert list(place.directory.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        EngineError(("dpkg-deb",), 2, "error writing to '<standard output>': No space left on device"),
    ],
)
def test_a_disk_that_fills_up_meanwhile(
    place: Layout, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fill(*_: object) -> None:
        raise error

    monkeypatch.setattr(tools, "_download", fill)
    with pytest.raises(EngineError, match="too full"):
        tools.ensure_tools(place, print)
    assert not place.tools.exists()


def test_another_failure_keeps_its_own_words(place: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise EngineError(("apt-get",), 100, "Could not resolve the mirror")

    monkeypatch.setattr(tools, "_download", fail)
    with pytest.raises(EngineError, match="Could not resolve"):
        tools.ensure_tools(place, print)


def test_a_path_that_apt_cannot_work_in(place: Layout) -> None:
    """It would download into the root directory and say that all is well."""
    deep = Layout(place.directory / ("x" * 200) / ("y" * 200))
    deep.directory.mkdir(parents=True)
    with pytest.raises(NoEngine, match=r"at most 299 characters.* shorter path"):
        tools.ensure_tools(deep, print)
    assert not deep.tools.exists()
