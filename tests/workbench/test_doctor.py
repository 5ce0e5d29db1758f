"""The first-run check: what is judged how, and that each fault says what to do."""

import os
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.lab import ROOT
from checks.workbench import doctor
from checks.workbench.doctor import Diagnosis

NOW = 1_790_000_000.0  # 2026-09-21T14:13:20Z
EVERYTHING = {
    "Python", "disk for the course", "disk for temporary files", "proxy", "Docker", "buildx", "Compose",
    "image store", "engine's proxy", "registry", "clock",
}  # fmt: skip
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil has it


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (doctor.python((3, 11, 0)), "ok"),
        (doctor.python((3, 10, 14)), "bad"),
        (doctor.python((4, 0, 0)), "ok"),
        (doctor.store("overlay2"), "ok"),
        (doctor.store("containerd"), "ok"),
        (doctor.store("vfs"), "look"),
        (doctor.clock("2026-09-21T14:13:20.123456789Z", NOW), "ok"),
        (doctor.clock("2026-09-21T16:13:50+02:00", NOW), "ok"),
        (doctor.clock("2026-09-21T14:03:20Z", NOW), "look"),
        (doctor.clock("2026-09-21T14:23:20.5Z", NOW), "look"),
        (doctor.proxy({}), "ok"),
        (doctor.proxy({"HTTPS_PROXY": "http://127.0.0.1:1"}), "look"),
        (doctor.proxy({"http_proxy": "127.0.0.1:not-a-port"}), "look"),
        (doctor.engine_proxy({}, {}), "ok"),
        (doctor.engine_proxy({"https_proxy": "http://p:3128"}, {"HttpProxy": ""}), "look"),
        (doctor.engine_proxy({"https_proxy": "http://p:3128"}, {"HttpsProxy": "http://p:3128"}), "ok"),
    ],
)
def test_each_is_judged_and_what_is_wrong_says_what_to_do(found: Diagnosis, state: str) -> None:
    assert found.state == state
    assert bool(found.todo) == (state != "ok")


@pytest.mark.parametrize(("free", "state"), [(50e9, "ok"), (5e9, "look"), (1e9, "bad")])
def test_disk(free: float, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1e12, 0, free))
    assert doctor.disk("disk", tmp_path).state == state


def test_a_proxy_that_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert doctor.proxy({"HTTP_PROXY": address}) == Diagnosis("proxy", "ok", "HTTP_PROXY answers")


def test_a_machine_without_docker() -> None:
    environment = {**os.environ, "DOCKER_HOST": "unix:///nonexistent"}
    command = [sys.executable, "-m", "checks", "doctor"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert "bad Docker" in said
    assert "The static checks work without one" in said
    assert "Traceback" not in done.stderr


def test_every_thing_is_looked_at(engine: Engine) -> None:
    found = {each.what: each for each in doctor.examine("ubuntu:20.04")}
    assert set(found) == EVERYTHING
    for what in ("Docker", "buildx", "Compose", "clock"):
        assert found[what].state == "ok", found[what]
    assert engine.version in found["Docker"].found
