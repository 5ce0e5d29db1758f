"""Honest keys with the real Docker Compose: their normalised form is accepted, and bounded they boot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.engine.engine import Engine
from checks.engine.limits import ContainerLimits
from checks.engine.project.copies import Copies
from checks.engine.project.document import Document
from checks.engine.project.hazards import hazards
from checks.engine.project.project import Project, project
from checks.engine.project.sandbox import Sandbox
from checks.engine.run import Run
from checks.engine.standins import ensure_base
from checks.parsing.compose import parse_compose
from checks.parsing.text.yaml_file import parse_yaml
from tests.engine.project.honest import HONEST, one_service

BASE = "debian:bookworm"
LIMITS = ContainerLimits(memory_mib=64, processes=32)
BOOTED = (
    *("limits of a process", "a quota and its period", "a default capability"),
    *("default capabilities, spelled otherwise", "memory of its own", "groups of control of its own"),
    *("a hardware address", "private propagation", "a queue of connections", "a name for an address"),
    *("shared memory", "resolvers", "a group by its number", "memory with options", "links", "a domain"),
    *("a label of SELinux of its own", "what is below a mount", "no swap and no killer", "real time"),
    *("default profiles", "a name for an address, in a mapping", "memory that others may ask for"),
)


@pytest.fixture
def made(engine: Engine, run: Run, tmp_path: Path) -> Iterator[Project]:
    for name in ("models", "m", "app"):
        (tmp_path / name).mkdir()
    (tmp_path / "labels.env").write_text("a=b\n")
    (tmp_path / "key").write_text("k")
    with project(engine, run, tmp_path, tmp_path / "mounted") as made:
        yield made


def normalised(made: Project, text: str) -> Document:
    return made.normalised(parse_compose(text.encode(), "compose.yaml").node)


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST.keys())
def test_compose_takes_it_and_makes_nothing_of_it_that_is_refused(made: Project, text: str) -> None:
    import json

    document = normalised(made, one_service(text, image=BASE))
    node = parse_yaml(json.dumps(document).encode(), "compose.yaml", allow_aliases=False)
    assert list(hazards(node, made.root)) == []


@pytest.mark.parametrize("name", BOOTED)
def test_it_boots(made: Project, run: Run, tmp_path: Path, name: str) -> None:
    text = HONEST[name]
    inner = text[1:-1] if text.startswith("{") else text
    document = normalised(made, one_service(f"{{command: [sleep, '60'], {inner}}}", image=BASE))
    bounds = Sandbox(run.labels, LIMITS, lambda _name: ensure_base(made.engine, BASE).image_id)
    bounded = bounds.applied(document, made.name)
    copies = Copies.of(tmp_path, tmp_path / "mounted", [bounded])
    ended = made.up(copies.mounted(bounded, {}), ["api"], 60)
    assert ended.succeeded, ended.said
