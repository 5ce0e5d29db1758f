"""The reaper removes everything that a run created, and nothing else."""

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.limits import BuildLimits
from checks.engine.reaper import OTHERS_SECONDS, labelled, remove, sweep
from checks.engine.run import (
    MADE_LABEL,
    OWNER_LABEL,
    RUN_LABEL,
    Run,
    is_alive,
    owner,
    running,
    runs_directory,
)
from checks.engine.slots import build_cgroup, sweep_cgroups

# Runs on the worker of tests/grading/test_killed.py: each looks at what dead runs have left.
pytestmark = pytest.mark.builds_lab("task1_layers")


@pytest.fixture
def dead(engine: Engine) -> Iterator[Run]:
    """A run that was killed: no lock, but one thing of each kind. Until then it lives: other tests sweep, too."""
    run = Run()
    with running(run):
        _make_one_of_each(engine, run, run.labels)
        assert _kinds(engine, run) == ["container", "image", "network", "volume"]
    yield run
    remove(engine, run)


def test_what_a_dead_run_left_goes(engine: Engine, dead: Run) -> None:
    sweep(engine)
    assert _kinds(engine, dead) == []


def test_what_a_live_run_has_stays(engine: Engine, run: Run) -> None:
    _make_one_of_each(engine, run, run.labels)
    sweep(engine)
    assert len(_kinds(engine, run)) == 4


def test_two_runs_at_once(engine: Engine, run: Run) -> None:
    _make_one_of_each(engine, run, run.labels)
    with running(Run()) as other:
        _make_one_of_each(engine, other, other.labels)
        remove(engine, other)
        assert _kinds(engine, other) == []
    assert len(_kinds(engine, run)) == 4


@pytest.mark.parametrize(("age", "left"), [(60, 1), (OTHERS_SECONDS + 60, 0)])
def test_what_another_owner_left_goes_when_it_is_old(engine: Engine, age: int, left: int) -> None:
    run = Run()
    made = str(int(time.time()) - age)
    labels = {RUN_LABEL: run.name, OWNER_LABEL: "somebody-else", MADE_LABEL: made}
    engine.client.volumes.create(run.name, labels=labels)
    sweep(engine)
    assert len(_kinds(engine, run)) == left
    remove(engine, run)


def test_things_without_labels_are_nobodys(engine: Engine) -> None:
    network = engine.client.networks.create("somebodys-own")
    try:
        sweep(engine)
        assert engine.client.networks.get("somebodys-own")
    finally:
        network.remove()


def test_another_place_of_locks_is_another_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = owner()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert owner() != mine


def test_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert runs_directory().is_dir()


def test_a_lock_tells_who_lives() -> None:
    run = Run()
    assert not is_alive(run.name)
    with running(run):
        assert is_alive(run.name)
    assert not is_alive(run.name)
    assert not run.lock.exists()


@pytest.mark.parametrize("name", ["", "graded-lab-../../../etc/passwd", "graded-lab-0123456789ab/x"])
def test_a_forged_name_is_nobody(name: str) -> None:
    assert not is_alive(name)


def test_a_lock_swept_before_it_was_held_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run, swept = Run(), list[bool]()
    real = fcntl.flock

    def flock(handle: int, how: int) -> None:
        if not swept:
            swept.append(True)
            os.unlink(run.lock)  # noqa: PTH108 - as the sweep of another process would
        real(handle, how)

    monkeypatch.setattr("checks.engine.run.fcntl.flock", flock)
    with running(run):
        assert is_alive(run.name)


def test_the_scratch_of_a_dead_run_goes(engine: Engine) -> None:
    left = runs_directory() / "graded-lab-0123456789ab-left"
    left.mkdir(exist_ok=True)
    sweep(engine)
    assert not left.exists()


def test_an_orphaned_client_is_ended(engine: Engine, run: Run) -> None:
    """A client is known by its labels; one of a live run, or of another owner, is left alone."""
    orphan, wanted = (_pretend_client(name, owner()) for name in (Run().name, run.name))
    others = [_pretend_client(Run().name, other) for other in ("somebody-else", "")]
    sweep(engine)
    assert orphan.wait() == -9
    for client in (wanted, *others):
        assert client.poll() is None
        client.kill()
        client.wait()


def test_a_grader_with_another_home_is_left_alone(
    engine: Engine, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same user sweeps from elsewhere, and sees none of our locks."""
    client = _pretend_client(run.name, owner())
    _make_one_of_each(engine, run, run.labels)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    sweep(engine)
    assert client.poll() is None
    client.kill()
    client.wait()
    assert len(_kinds(engine, run)) == 4


@pytest.mark.parametrize("part", ["_end_orphans", "sweep_cgroups", "labelled"])
def test_a_sweep_that_fails_stops_nobody(
    engine: Engine, dead: Run, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """And what else there is goes all the same."""

    def fail(*_: object) -> None:
        raise RecursionError

    with monkeypatch.context() as broken:
        broken.setattr(f"checks.engine.reaper.{part}", fail)
        sweep(engine)
    assert (_kinds(engine, dead) == []) == (part != "labelled")


@pytest.mark.usefixtures("own_engine")
def test_control_groups_of_killed_builds_go(engine: Engine, tmp_path: Path) -> None:
    """Those of an engine in a directory of the test's own, whose slots nobody else takes."""
    engine = replace(engine, directory=tmp_path)
    with build_cgroup(engine, BuildLimits()) as cgroup:
        assert cgroup
        name = cgroup.name
        cgroup.create(BuildLimits())
        sweep_cgroups(engine)
        assert [top for top, names, _ in os.walk("/sys/fs/cgroup") if name in names]
    for directory in ("pids", "memory", "") if Path("/sys/fs/cgroup/pids").exists() else ("",):
        Path("/sys/fs/cgroup", directory, name).mkdir(exist_ok=True)
    sweep_cgroups(engine)
    assert not list(Path("/sys/fs/cgroup").glob(f"*/{name}"))


def _pretend_client(name: str, owner: str) -> "subprocess.Popen[bytes]":
    labels = [f"{RUN_LABEL}={name}", f"{OWNER_LABEL}={owner}"]
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(999)", *labels])


def _make_one_of_each(engine: Engine, run: Run, labels: dict[str, str]) -> None:
    """A container of an image with nothing in it, with a network and a volume."""
    options = "".join(f'LABEL {key}="{value}"\n' for key, value in labels.items())
    dockerfile = f'FROM scratch\n{options}CMD ["/none"]\n'
    with (
        tempfile.TemporaryDirectory() as context
    ):  # a Dockerfile from stdin leaves a file of buildx's in /tmp
        Path(context, "Dockerfile").write_text(dockerfile)
        engine.run_cli("buildx", "build", "--quiet", "--tag", f"{run.name}:x", context)
    engine.client.containers.create(f"{run.name}:x", labels=labels)
    engine.client.networks.create(run.name, labels=labels)
    engine.client.volumes.create(run.name, labels=labels)


def _kinds(engine: Engine, run: Run) -> list[str]:
    return [thing.kind for thing in labelled(engine, f"{RUN_LABEL}={run.name}")]
