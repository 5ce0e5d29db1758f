"""A project on a real engine: normalised without anybody's variables, brought up, crashed, and gone afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.engine.belongings import belongings
from checks.engine.compose.bounded import Bounds
from checks.engine.compose.crash import crash
from checks.engine.compose.project import ComposeRefused, Project, project
from checks.engine.container import Running
from checks.engine.engine import Engine
from checks.engine.limits import ContainerLimits
from checks.engine.ownership import RUN_LABEL, Run
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
    with project(engine, run, tmp_path) as made:
        yield made


def normalised(made: Project, text: str) -> Any:
    return made.normalised(parse_compose(text.encode(), "compose.yaml").node)


def up(made: Project, run: Run, text: str = SERVICE) -> Running:
    bounds = Bounds(run.labels, LIMITS, lambda _name: ensure_base(made.engine, BASE).image_id)
    ended = made.up(bounds.applied(normalised(made, text), made.name), "a", 30)
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


def test_nothing_is_left(engine: Engine, run: Run, tmp_path: Path) -> None:
    with project(engine, run, tmp_path) as made:
        up(made, run)
    assert list(belongings(engine, f"{RUN_LABEL}={run.name}")) == []
