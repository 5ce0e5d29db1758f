"""Choices of the embedded engine: each has its own directory; an older release replaces a missing newest one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine import Engine, NoEngine, embedded
from checks.engine.embedded import suites
from checks.engine.embedded import suites as choice
from checks.engine.embedded.layout import Layout, layout
from checks.engine.embedded.suites import RELEASE_VARIABLE, STORE_VARIABLE, STORES, asked
from checks.engine.embedded.tools import made_of
from checks.engine.engine import store_of


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (RELEASE_VARIABLE, STORE_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("release", "store", "directory"),
    [
        ("", "", ".engine"),
        ("forky", "", ".engine"),
        ("", "overlay2", ".engine"),
        ("trixie", "", ".engine-trixie"),
        ("", "containerd", ".engine-containerd"),
        ("forky", "containerd", ".engine-containerd"),
        ("trixie", "containerd", ".engine-trixie-containerd"),
    ],
)
def test_each_choice_has_a_directory(
    monkeypatch: pytest.MonkeyPatch, release: str, store: str, directory: str
) -> None:
    monkeypatch.setenv(RELEASE_VARIABLE, release)
    monkeypatch.setenv(STORE_VARIABLE, store)
    assert asked().directory.name == directory


@pytest.mark.parametrize("variable", [RELEASE_VARIABLE, STORE_VARIABLE])
def test_what_there_is_not_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "bullseye")
    with pytest.raises(NoEngine, match=f"{variable} is `bullseye`: say .* or .*, or leave it out"):
        asked()


@pytest.mark.parametrize("store", STORES)
def test_the_store_that_was_asked_for_is_in_force(
    spare: Layout, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, store)
    assert store_of(embedded.start(spare.directory)) == store


@pytest.fixture
def engines(own_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project whose older release is the one of this machine's engine, its programs linked; gone afterwards."""
    assert own_engine.directory
    older = made_of(layout(own_engine.directory))
    monkeypatch.setattr(choice, "DEFAULT", tmp_path / ".engine")
    monkeypatch.setattr(suites, "RELEASES", ("no-such-release", older))
    monkeypatch.setattr(choice, "RELEASES", ("no-such-release", older))
    _link(own_engine.directory, tmp_path / f".engine-{older}")
    yield tmp_path
    embedded.clean()


def _link(engine: Path, directory: Path) -> None:
    shutil.copytree(engine / "tools", directory / "tools", symlinks=True, copy_function=os.link)


def test_a_release_that_cannot_be_had(engines: Path, own_engine: Engine) -> None:
    said: list[str] = []
    engine = embedded.start(progress=said.append)
    assert engine.version == own_engine.version
    assert engine.directory != engines / ".engine"
    assert "Debian no-such-release gives no engine here, an older release may" in said
    embedded.stop()
    said.clear()
    assert embedded.start(progress=said.append) == engine
    assert said == ["starting the engine"]  # what cannot be had is not asked for again


def test_an_engine_that_does_not_start(
    engines: Path, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_engine.directory
    _link(own_engine.directory, engines / ".engine")
    broken = engines / ".engine/tools/usr/sbin/dockerd"
    broken.unlink()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("checks.engine.embedded.lifecycle.ensure_tools", lambda *_: None)
    assert embedded.start().directory != engines / ".engine"
    assert "dockerd" in (engines / ".engine/given-up").read_text()
