"""Engines for tests: the one that grading uses, and a spare one that a test may kill."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.engine import Engine, NoEngine, embedded, find
from checks.engine.embedded import daemons
from checks.engine.embedded.layout import Layout, layout
from checks.engine.embedded.mounts import mounts
from checks.engine.reaper import remove
from checks.engine.run import Run, running
from checks.engine.standins import ensure_base

DEVICES = Path("/sys/class/net")


@pytest.fixture
def run(engine: Engine) -> Iterator[Run]:
    """A run whose things are gone when the test is over."""
    with running(Run()) as run:
        yield run
        remove(engine, run)


@pytest.fixture(scope="session")
def debian(engine: Engine) -> str:
    """A small base image with a shell."""
    return ensure_base(engine, "debian:bookworm").name


@pytest.fixture(scope="session")
def python(engine: Engine) -> str:
    """A base image with Python, for services that behave badly."""
    return ensure_base(engine, "python:3.12-slim").name


@pytest.fixture(scope="session")
def own_engine(engine: Engine) -> Engine:
    """The embedded engine of this clone; these tests are about nothing else."""
    if engine.kind == "embedded":
        return engine
    try:
        return find("embedded")
    except NoEngine as why:
        pytest.skip(f"a host engine is there to grade with, and the embedded one is not possible: {why}")


@pytest.fixture
def spare(own_engine: Engine, tmp_path: Path) -> Iterator[Layout]:
    """A second engine's directory, its programs linked and not downloaded again; gone afterwards."""
    directory = tmp_path / "longer than the address of a socket or the path of a plugin may be" / ("x" * 80)
    assert own_engine.directory
    shutil.copytree(own_engine.directory / "tools", directory / "tools", symlinks=True, copy_function=os.link)
    yield layout(directory)
    embedded.clean(directory)


@pytest.fixture(scope="session")
def saved_base(own_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`debian:bookworm` as an archive, for engines that have no image yet."""
    archive = tmp_path_factory.mktemp("saved") / "base.tar"
    own_engine.run_cli("save", "--output", str(archive), ensure_base(own_engine, "debian:bookworm").name)
    return archive


@pytest.fixture
def begin_start() -> Callable[[Path], subprocess.Popen[bytes]]:
    """Start an engine from a process of its own, which can be waited for, or killed."""

    def begin(directory: Path) -> subprocess.Popen[bytes]:
        code = (
            "import sys, pathlib as p; from checks.engine import embedded as e; e.start(p.Path(sys.argv[1]))"
        )
        return subprocess.Popen([sys.executable, "-c", code, directory], start_new_session=True)

    return begin


@pytest.fixture
def traces() -> Callable[[Layout], list[str]]:
    """What an engine has on the machine: processes, mounts, its bridge, control groups and sockets."""

    def find_traces(place: Layout) -> list[str]:
        names = ("dockerd", "containerd", "containerd-shim-runc-v2", "docker-proxy")
        found = [name for name in names if daemons.running(place, (name,))]
        found += map(str, mounts(place))
        tree = os.walk("/sys/fs/cgroup")  # unlike glob, it survives folders that vanish
        groups = [Path(top, place.cgroup) for top, names, _ in tree if place.cgroup in names]
        return [
            *found,
            *(str(path) for path in (DEVICES / place.bridge, place.runtime, *groups) if path.exists()),
        ]

    return find_traces
