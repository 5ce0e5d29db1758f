"""What a student does by hand: build, run, look into, push; each once, on the real engine."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.embedded.apt import PrivateApt
from checks.engine.embedded.suites import suites
from checks.engine.ports import free_port
from checks.lab import ROOT, Lab
from checks.workbench import UsageError, Workbench
from checks.workbench import external_tools as opinions
from checks.workbench.external_tools import dive, hadolint
from checks.workbench.images import build, push
from checks.workbench.running import run
from tests.workbench.conftest import answer

pytestmark = [pytest.mark.builds_lab("task1_layers"), pytest.mark.slow]

CALL = "import sys, pathlib; from checks.workbench import run, Workbench; from checks.lab import load_lab; "
RUN = CALL + "sys.exit(run(Workbench(load_lab('Tiny', pathlib.Path(sys.argv[1])))))"
REGISTRY = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def test_build(lab: Lab, engine: Engine) -> None:
    before = (lab.folder / "Dockerfile").read_bytes()
    assert build(Workbench(lab)) == 0
    assert engine.client.api.images(lab.image.tag)
    assert (lab.folder / "Dockerfile").read_bytes() == before


def test_a_foreign_frontend_is_not_run(lab: Lab) -> None:
    (lab.folder / "Dockerfile").write_text("# syntax=evil/x\nFROM scratch\n")
    with pytest.raises(UsageError, match="evil/x"):
        build(Workbench(lab))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_answers_until_it_is_told_to_end(lab: Lab, engine: Engine, how: signal.Signals) -> None:
    assert build(Workbench(lab)) == 0
    main = "from checks.interruption import heed_signals; heed_signals(); " + RUN
    process = subprocess.Popen(
        [sys.executable, "-c", main, str(lab.folder.parent)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    assert answer(lab.port) == 200
    process.send_signal(how)
    assert process.wait(40)
    assert engine.client.api.containers(all=True, filters={"ancestor": lab.image.tag}) == []


def test_a_port_that_is_taken(lab: Lab) -> None:
    assert build(Workbench(lab)) == 0
    with (
        socket.create_server(("127.0.0.1", lab.port)),
        pytest.raises(UsageError, match="is taken"),
    ):
        run(Workbench(lab))


def test_dive(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    if not (opinions.TOOLS / "dive").exists():
        pytest.skip("dive is not here: `make tools` brings it")
    assert build(Workbench(lab)) == 0
    assert dive(Workbench(lab)) in {0, 1}
    assert "efficiency" in capfd.readouterr().out


def test_hadolint_never_grades(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    if not (opinions.TOOLS / "hadolint").exists():
        pytest.skip("hadolint is not here: `make tools` brings it")
    (lab.folder / "Dockerfile").write_text("FROM debian\nMAINTAINER me\n")
    assert hadolint(Workbench(lab)) == 0
    assert "DL3006" in capfd.readouterr().out


def test_without_a_wheel_the_image_is_asked(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[tuple[str, ...]]()

    def docker(_: Workbench, *arguments: str) -> int:
        asked.append(arguments)
        return 0

    monkeypatch.setattr(opinions, "TOOLS", tmp_path)
    monkeypatch.setattr(Workbench, "docker", docker)
    assert hadolint(Workbench(lab)) == 0
    assert "hadolint/hadolint:latest" in asked[0]


@pytest.mark.parametrize("words", [("build",), ("run",), ("push",)])
def test_no_engine_at_all(words: tuple[str, ...]) -> None:
    """The program is asked as somebody who has no Docker and cannot have the embedded engine."""
    code = (
        "import os, sys; os.geteuid = os.getuid = lambda: 1000; "
        f"from checks.__main__ import main; sys.exit(main([{words[0]!r}, 'Task1']))"
    )
    environment = {**os.environ, "DOCKER_HOST": "unix:///nonexistent", "REGISTRY": "127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "start Docker" in done.stderr


def test_grading_without_an_engine() -> None:
    """The static checks run, the others are not-run, and one sentence says what to start."""
    command = [sys.executable, "-m", "checks", "grade", "solutions", "--lab", "Task1", "--engine", "host"]
    environment = {**os.environ, "DOCKER_HOST": "unix:///nonexistent"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "14/20" in done.stdout
    assert "start Docker" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stderr


def test_push_to_a_registry(lab: Lab, registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY", f"{registry}/course/")
    assert push(Workbench(lab)) == 0
    name, _, tag = lab.image.tag.partition(":")
    url = f"http://{registry}/v2/course/{name}/manifests/{tag}"
    request = urllib.request.Request(
        url, headers={"Accept": "application/vnd.docker.distribution.manifest.v2+json"}
    )
    with urllib.request.urlopen(request) as answered:
        assert answered.status == 200


def test_push_where(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REGISTRY", "LOCATION", "PROJECT_ID", "REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="LOCATION"):
        push(Workbench(lab))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Debian's own registry, unpacked and not installed, on loopback."""
    if shutil.which("apt-get") is None:
        pytest.skip("this machine has no apt to bring a registry with")
    apt = PrivateApt(tmp_path / "apt", suites())
    apt.update()
    apt.fetch_alone(["docker-registry"], apt.suites.host)
    (package,) = apt.archives.glob("docker-registry*.deb")
    subprocess.run(["dpkg", "-x", package, tmp_path / "registry"], check=True)
    port = free_port()
    (tmp_path / "registry.yml").write_text(REGISTRY.format(root=tmp_path / "stored", port=port))
    command: list[str | Path] = [
        tmp_path / "registry" / "usr/bin/docker-registry",
        "serve",
        tmp_path / "registry.yml",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        answer(port, "/v2/")
        yield f"127.0.0.1:{port}"
        process.kill()
