"""A project on a real engine: normalised without the grader's variables, booted, crashed, and removed."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.engine.container import Running
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import ContainerLimits
from checks.engine.ports import RANGE, free_port
from checks.engine.project.helpers import crash
from checks.engine.project.project import ComposeRefused, Project, Up, project
from checks.engine.project.sandbox import Sandbox
from checks.engine.reaper import labelled
from checks.engine.run import RUN_LABEL, Run
from checks.engine.standins import ensure_base
from checks.expect.operation import within
from checks.parsing.compose import parse_compose

LIMITS = ContainerLimits(memory_mib=64, processes=32)
BASE = "debian:bookworm"
SERVICE = """
services:
  a:
    image: debian:bookworm
    command: sleep 300
    restart: always
    ports: ["8000:8000"]
    volumes: [data:/data]
    networks: [n]
volumes: {data: {}}
networks: {n: {}}
"""


@pytest.fixture
def made(engine: Engine, run: Run, tmp_path: Path) -> Iterator[Project]:
    with project(engine, run, tmp_path, tmp_path / "mounted") as made:
        yield made


def normalised(made: Project, text: str) -> Any:
    return made.normalised(parse_compose(text.encode(), "compose.yaml").node)


def _bounded(made: Project, run: Run, text: str) -> Any:
    bounds = Sandbox(run.labels, LIMITS, lambda _name: ensure_base(made.engine, BASE).image_id)
    return bounds.applied(normalised(made, text), made.name)


def up(made: Project, run: Run, text: str = SERVICE) -> Running:
    return _at_work(made, made.up(_bounded(made, run, text), ["a"], 30))


def _at_work(made: Project, ended: Up) -> Running:
    assert ended.succeeded, ended.said
    running = made.container("a", LIMITS)
    assert running is not None
    return running


def test_no_file_of_the_student_is_asked_for_variables(
    made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSE_FILE", "/nowhere.yaml")
    (tmp_path / ".env").write_text(
        "A=from the file\nCOMPOSE_FILE=/etc/passwd\nDOCKER_HOST=tcp://192.0.2.1:1\n"
    )
    found = normalised(made, "services: {a: {image: x, command: 'echo $$A', env_file: .env}}")
    assert found["services"]["a"]["command"] == ["echo", "$$A"]
    assert found["services"]["a"]["environment"]["A"] == "from the file"


def test_what_compose_refuses_is_told_in_its_words(made: Project) -> None:
    with pytest.raises(ComposeRefused, match="depends on undefined"):
        normalised(made, "services: {a: {image: x, depends_on: [b]}}")


def test_it_runs_within_limits_on_loopback_and_comes_back(made: Project, run: Run) -> None:
    running = up(made, run)
    facts = running.inspect()
    assert facts["HostConfig"]["Memory"] == facts["HostConfig"]["MemorySwap"] == 64 << 20
    assert facts["HostConfig"]["PidsLimit"] == 32
    assert facts["HostConfig"]["PortBindings"]["8000/tcp"][0]["HostIp"] == "127.0.0.1"
    assert running.published(8000) != 8000
    begun = facts["State"]["StartedAt"]
    crash(running, run, ensure_base(made.engine, BASE).image_id)
    assert within(20, lambda: running.inspect()["State"]["StartedAt"] != begun)


def test_a_volume_outlives_its_containers_until_the_project_is_removed(made: Project, run: Run) -> None:
    """`end` is what a person does who comes back; `down` is for nobody."""
    document = _bounded(
        made, run, SERVICE.replace("sleep 300", "sh -c 'echo once more >> /data/a; sleep 300'")
    )
    _at_work(made, made.up(document, ["a"], 30))
    made.end(document)
    assert made.container("a", LIMITS) is None
    running = _at_work(made, made.up(document, ["a"], 30))
    assert within(10, lambda: running.read("/data/a").count("once more") == 2)


def test_nothing_is_left(engine: Engine, run: Run, tmp_path: Path) -> None:
    with project(engine, run, tmp_path, tmp_path / "mounted") as made:
        up(made, run)
    assert list(labelled(engine, f"{RUN_LABEL}={run.name}")) == []


REFUSED = {
    "a program": "command: nosuch",
    "an entrypoint": "entrypoint: /no/such",
    "a user": "user: nosuch",
    "a group": "user: 'root:nosuch'",
    "a relative folder to work in": "working_dir: x",
    "a file to work in": "working_dir: /etc/passwd",
    "a host name too long": f"hostname: {'x' * 70}",
    "a size of a tmpfs": "tmpfs: '/t:size=abc'",
    "a tmpfs over a file": "tmpfs: /etc/passwd",
    "a relative tmpfs": "tmpfs: t",
    "a file over a folder": "volumes: ['./file:/etc']",
    "a folder over a file": "volumes: ['.:/etc/passwd']",
    "a mount over /proc": "volumes: ['.:/proc']",
    "a relative mount": "volumes: ['.:a']",
    "a mount of nothing": "volumes: [{type: bind, source: ./no, target: /x, bind: {create_host_path: false}}]",
    "a part of a volume that is not there": (
        "volumes: [{type: volume, source: data, target: /x, volume: {subpath: no}}]"
    ),
    "a signal": "stop_signal: SIGNOPE",
    "memory for nothing": "mem_limit: 1m",
    "no processor": "cpus: 0.001",
    "a restart policy": "restart: nope",
    "restarts": "restart: 'on-failure:-1'",
    "a capability": "cap_drop: [NOPE]",
    "a protocol": "ports: ['8000:8000/sctp']",
    "an address": "networks: {n: {ipv4_address: 192.0.2.1}}",
    "a secret below a file": "secrets: [{source: file, target: /etc/passwd/x}]",
    "it ends": "command: 'false'",
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_engine_refuses_for_the_files_sake(
    made: Project, run: Run, tmp_path: Path, line: str
) -> None:
    """Whatever it is, it is the student's, and asked for once."""
    (tmp_path / "file").write_text("x")
    rest = "volumes: {data: {}}\nnetworks: {n: {}}\nsecrets: {file: {file: ./file}}\n"
    text = f"services:\n  a:\n    image: {BASE}\n    {line}\n{rest}"
    if not line.startswith(("command", "entrypoint")):
        text = text.replace(line, f"{line}\n    command: sleep 300")
    assert not made.up(_bounded(made, run, text), ["a"], 30).succeeded


def test_a_health_check_that_has_not_been_asked_is_no_success(made: Project, run: Run) -> None:
    """Compose itself ends with 0, now and then, when it has waited long enough."""
    checked = SERVICE.replace("restart: always", "healthcheck: {test: [CMD, 'true'], interval: 1h}")
    ended = made.up(_bounded(made, run, checked), ["a"], 1)
    assert not ended.succeeded
    assert ended.is_impatient


def test_ports_that_somebody_else_has(made: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        ports = iter([taken, taken])
        monkeypatch.setattr(
            "checks.engine.project.document.free_port", lambda: next(ports, None) or free_port()
        )
        document = _bounded(made, run, SERVICE)
        first, second = (_at_work(made, made.up(document, ["a"], 30)) for _ in range(2))
    assert first.published(8000) in RANGE
    assert first.container.id == second.container.id


def test_no_port_at_all(made: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr("checks.engine.project.document.free_port", lambda: listener.getsockname()[1])
        with pytest.raises(EngineError, match="address already in use"):
            up(made, run)
