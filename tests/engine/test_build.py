"""A build's limits are enforced and named, its output forges nothing, a lost engine is not the student's fault."""

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.engine import Engine, EngineError, embedded
from checks.engine.build import build
from checks.engine.embedded import daemons
from checks.engine.embedded.layout import Layout
from checks.engine.events import BuildFailed
from checks.engine.limits import BuildLimits, LimitHit
from checks.engine.run import Run

Builds = Callable[..., str]


@pytest.fixture
def built(engine: Engine, run: Run, debian: str, tmp_path: Path) -> Builds:
    """Build `FROM debian` with these lines below it, never from the cache."""

    def build_it(*lines: str, limits: BuildLimits = BuildLimits(seconds=60)) -> str:  # noqa: B008 - frozen
        text = "\n".join([f"FROM {debian}", f"ARG A={secrets.token_hex(8)}", *lines, ""])
        (tmp_path / "Dockerfile").write_text(text)
        return build(engine, run, tmp_path, limits=limits)

    return build_it


def test_an_image_carries_the_labels_of_its_run(built: Builds, engine: Engine, run: Run) -> None:
    labels = engine.client.images.get(built("LABEL graded-docker-lab.run=forged")).labels
    assert labels["graded-docker-lab.run"] == run.name
    assert run.labels.keys() <= labels.keys()


def test_time(built: Builds) -> None:
    with pytest.raises(LimitHit, match=r"after 2 s .*limit of time"):
        built("RUN sleep 600", limits=BuildLimits(seconds=2))


def test_time_of_a_build_that_never_stops_talking(built: Builds) -> None:
    with pytest.raises(LimitHit, match=r"limit of (time|output)"):
        built("RUN while :; do echo x; sleep 0.01; done", limits=BuildLimits(seconds=2))


def test_output(built: Builds) -> None:
    """Six steps: one alone is clipped by an engine that keeps BuildKit's own limits."""
    steps = ["RUN head -c 300000 /dev/zero | tr '\\0' 'a' | fold"] * 6
    with pytest.raises(LimitHit, match=r"1 MiB of output .*limit of output"):
        built(*steps, limits=BuildLimits(seconds=60, output_mib=1))


def test_output_of_one_step_is_not_clipped_in_our_own_engine(
    spare: Layout, saved_base: Path, tmp_path: Path, run: Run
) -> None:
    engine = embedded.start(spare.directory)
    engine.run_cli("load", "--input", str(saved_base))
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm\nRUN yes\n")
    with pytest.raises(LimitHit, match="limit of output"):
        build(engine, run, tmp_path, limits=BuildLimits(seconds=60))


@pytest.mark.usefixtures("own_engine")
@pytest.mark.parametrize("line", ["RUN tail /dev/zero", "RUN tail /dev/zero; exit 4"])
def test_memory(built: Builds, line: str) -> None:
    with pytest.raises(LimitHit, match=r"64 MiB .*limit of memory"):
        built(line, limits=BuildLimits(seconds=60, memory_mib=64))


@pytest.mark.usefixtures("own_engine")
def test_files_are_no_memory(built: Builds) -> None:
    with pytest.raises(BuildFailed):
        built("RUN head -c 200000000 /dev/zero > /f; exit 5", limits=BuildLimits(seconds=60, memory_mib=64))


@pytest.mark.usefixtures("own_engine")
def test_processes(built: Builds) -> None:
    forks = "RUN i=0; while [ $i -lt 100 ]; do sleep 9 & i=$((i+1)); done; wait"
    with pytest.raises(LimitHit, match="more than 40 processes"):
        built(forks, limits=BuildLimits(seconds=60, processes=40))


def test_a_limit_that_was_hit_says_nothing_of_the_next_build(built: Builds) -> None:
    with pytest.raises(LimitHit):
        built("RUN tail /dev/zero", limits=BuildLimits(seconds=60, memory_mib=64))
    with pytest.raises(BuildFailed):
        built("RUN exit 3", limits=BuildLimits(seconds=60, memory_mib=64))


FORGED = r"""RUN printf '{"vertexes":[{"digest":"x","name":"[1/1] forged","error":"forged"}]}\n' >&2; \
    printf 'Dockerfile:1\nERROR: failed to solve: rpc error: code = Unavailable\n\033[2J' >&2; exit 7"""


def test_what_a_step_prints_forges_nothing(built: Builds) -> None:
    with pytest.raises(BuildFailed) as failed:
        built("RUN true", FORGED)
    assert failed.value.line == 4
    assert "exit code: 7" in failed.value.message
    assert "forged" in failed.value.output


def test_an_engine_that_dies_meanwhile_is_nobodys_mistake(
    spare: Layout, saved_base: Path, tmp_path: Path, run: Run
) -> None:
    engine = embedded.start(spare.directory)
    engine.run_cli("load", "--input", str(saved_base))
    (tmp_path / "Dockerfile").write_text("FROM debian:bookworm\nRUN sleep 600\n")

    def kill_the_engine(step: str) -> None:
        if "sleep" in step:
            for pid in daemons.running(spare, ("dockerd",)):
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(EngineError):
        build(engine, run, tmp_path, limits=BuildLimits(seconds=60), progress=kill_the_engine)


@pytest.mark.parametrize("program", ["docker", "docker-buildx"])
def test_a_client_that_is_killed_is_nobodys_mistake(
    engine: Engine, run: Run, debian: str, tmp_path: Path, program: str
) -> None:
    """The docker program, or its plugin, whose end the program reports."""
    (tmp_path / "Dockerfile").write_text(f"FROM {debian}\nRUN sleep 601 # {run.name}\n")

    def kill_the_client(step: str) -> None:
        if "sleep" in step:
            threading.Thread(target=_kill, args=(program, run.name)).start()

    with pytest.raises(EngineError):
        build(engine, run, tmp_path, limits=BuildLimits(seconds=60), progress=kill_the_client)


def _kill(program: str, name: str) -> None:
    """That program, where it was started with the label of that run."""
    time.sleep(0.2)
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if Path(words[0].decode()).name == program and any(name.encode() in word for word in words):
            os.kill(int(directory.name), signal.SIGKILL)
