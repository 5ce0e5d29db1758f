"""The host's engine is judged by the output of its client, here a script."""

from pathlib import Path

import pytest

from checks.engine.connect import host_engine
from checks.engine.errors import NoEngine

GOOD = """
case "$*" in
  "context inspect"*) echo '"unix:///somewhere/docker.sock"' ;;
  "version --format"*) echo '{"Version": "27.3.1", "ApiVersion": "1.47", "Os": "linux"}' ;;
  "info --format"*) echo '["name=seccomp,profile=builtin", "name=cgroupns"]' ;;
  "buildx version") echo v0.17 ;;
  "compose version"*) echo 2.29.7 ;;
  *) exit 9 ;;
esac
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that has everything, alone on the path, with no address given from outside."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return _write(tmp_path, GOOD)


def _write(folder: Path, body: str) -> Path:
    program = folder / "docker"
    program.write_text(f"#!/bin/sh{body}")
    program.chmod(0o755)
    return program


def test_an_engine_with_everything(program: Path) -> None:
    engine = host_engine()
    assert (engine.kind, engine.version, engine.cli) == ("host", "27.3.1", program)
    assert engine.docker_host == engine.environment["DOCKER_HOST"] == "unix:///somewhere/docker.sock"
    assert "DOCKER_CONTEXT" not in engine.environment


def test_docker_host_wins_over_the_context(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine.sock")
    assert host_engine().docker_host == "unix:///mine.sock"
    assert program.exists()


@pytest.mark.parametrize("address", ["ssh://me@far", "tcp://docker:2375"])
def test_an_engine_far_away_is_refused(program: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    assert program.exists()
    with pytest.raises(NoEngine, match="another machine"):
        host_engine()


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        ("buildx version", "buildx"),
        ("compose version", "Compose v2"),
        ("version --format", "no engine answers"),
    ],
)
def test_what_is_missing_is_named(program: Path, lost: str, named: str) -> None:
    _write(program.parent, GOOD.replace(f'"{lost}"', '"never"'))
    with pytest.raises(NoEngine, match=named):
        host_engine()


def test_no_program_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match="install Docker"):
        host_engine()


@pytest.mark.slow
def test_an_engine_that_never_answers(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.engine.connect.ANSWER_LIMIT_S", 3.0)
    _write(program.parent, GOOD.replace("echo '{", "exec sleep 60; echo '{"))
    with pytest.raises(NoEngine, match="no engine answers"):
        host_engine()
