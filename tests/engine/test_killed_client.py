"""A docker client that is killed, or does not reach the engine, says nothing of a submission.

The client here is a script that ends as such a one does: the kernel kills none when a test wants it to.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from checks.engine import Engine, EngineError
from checks.engine.container import read_file, run_inside
from checks.engine.disk import DiskWatch
from checks.engine.project.document import Published
from checks.engine.project.project import ComposeRefused, Project
from checks.parsing.compose import parse_compose

KILLED = {
    "the client": "kill -9 $$",
    "its plugin": "echo ' Network x  Creating' >&2; exit 255",
}
UNREACHED = {
    "before release 29": "echo 'Cannot connect to the Docker daemon at unix:///x.' >&2; exit 1",
    "since release 29": "echo 'failed to connect to the docker API at unix:///x; check if' >&2; exit 1",
}
REFUSED = "echo 'services.a.image must be a string' >&2; exit 15"
BUSY = "echo 'Error response from daemon: no address left' >&2; exit 1"
EXITED = "{ echo 'container a-1 exited (1)' >&2; exit 1; }"
DOCUMENT = {"services": {"a": {"image": "x"}}}
Client = Callable[[str], Engine]


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An engine whose client is a script."""
    monkeypatch.setattr("checks.engine.retry.PAUSE_SECONDS", 0.0)

    def made(script: str) -> Engine:
        program = tmp_path / "docker"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return Engine("host", "29.0", "unix:///no/such", program, {"PATH": "/usr/bin:/bin"})

    return made


def project(engine: Engine, root: Path) -> Project:
    return Project(engine, "x", root, root, DiskWatch([root], 1, int, lambda: None))


@pytest.mark.parametrize("script", (KILLED | UNREACHED).values(), ids=KILLED | UNREACHED)
def test_compose_up(client: Client, tmp_path: Path, script: str) -> None:
    with pytest.raises(EngineError):
        project(client(script), tmp_path).up(DOCUMENT, ["a"], 1)


@pytest.mark.parametrize("script", KILLED.values(), ids=KILLED)
def test_compose_config(client: Client, tmp_path: Path, script: str) -> None:
    with pytest.raises(EngineError):
        project(client(script), tmp_path).normalised(parse_compose(b"services: {a: {image: x}}", "f").node)


def test_compose_config_that_says_why_not(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ComposeRefused, match="must be a string"):
        project(client(REFUSED), tmp_path).normalised(parse_compose(b"services: {a: {image: x}}", "f").node)


EXEC = {"the client": KILLED["the client"], **UNREACHED}


@pytest.mark.parametrize("script", EXEC.values(), ids=EXEC)
def test_a_program_in_a_container(client: Client, script: str) -> None:
    with pytest.raises(EngineError):
        run_inside(client(script), "x", ["env"])
    with pytest.raises(EngineError):
        read_file(client(script), "x", "/etc/environment")


def test_a_program_that_ends_by_a_signal_in_its_container(client: Client) -> None:
    assert run_inside(client("echo said; exit 137"), "x", ["env"]) == "said\n"


def test_the_time_of_refusals_is_not_that_of_the_services(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is ours: the engine takes 99 s to refuse, and what Compose says then is the services' own."""
    clock = [0.0]
    monkeypatch.setattr("checks.engine.retry.time.monotonic", lambda: clock[0])
    engine = client(f"test -e {tmp_path}/once && {EXITED}; touch {tmp_path}/once; {BUSY}")
    monkeypatch.setattr(Published, "forget", lambda *_: clock.__setitem__(0, 99.0))
    ended = project(engine, tmp_path).up(DOCUMENT, ["a"], 1)
    assert (ended.succeeded, ended.said, ended.seconds) == (False, "container a-1 exited (1)", 0.0)
