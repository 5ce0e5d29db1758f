"""What a lab's Compose project needs beforehand, and the order in which it comes up."""

from pathlib import Path

import pytest

from checks.parsing.compose import parse_compose
from checks.workbench.order import coming_up
from checks.workbench.running import Unreadable, required_images
from tests.made_labs import made_lab

COMPOSE = "services: {api: {build: ., image: mine}, db: {image: 'postgres:${RELEASE}'}}"
TWO = {"web/Dockerfile": {"base": "scratch", "tag": "web", "context": "web"}}
TWO |= {"db/Dockerfile": {"base": "scratch", "tag": "db", "context": "db"}}


def required(folder: Path, **settings: object) -> list[str]:
    return required_images(made_lab(folder, compose="compose.yaml", **settings))


def test_bases_and_images_that_nobody_builds(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").write_text("RELEASE=16\n")
    assert required(tmp_path) == ["postgres:16", "python:3.12-slim"]


def test_the_bases_of_every_dockerfile(tmp_path: Path) -> None:
    for name, base in {"web": "python:3.12-slim", "db": "postgres:16"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text(f"FROM {base}\n")
    (tmp_path / "compose.yaml").write_text("services: {web: {build: web}, db: {build: db}}")
    found = required(tmp_path, dockerfile="web/Dockerfile", images=TWO, base=None, tag=None)
    assert found == ["postgres:16", "python:3.12-slim"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(Unreadable, match=r"compose\.yaml"):
        required(tmp_path)


@pytest.mark.parametrize(
    ("services", "lines"),
    [
        ("a: {build: .}", ["1. a"]),
        ("b: {build: ., depends_on: [a]}, a: {build: .}", ["1. a", "2. b, once a has started"]),
        (
            (
                "b: {build: ., depends_on: {a: {condition: service_completed_successfully}}, ports: ['80:8080']}, "
                "a: {build: .}"
            ),
            ["1. a", "2. b, once a has ended with success, at http://localhost:80"],
        ),
        (
            "a: {build: .}, b: {build: ., depends_on: {a: {condition: service_healthy}}}",
            ["1. a", "2. b, once a is healthy"],
        ),
        ("a: {build: .}, b: {build: ., profiles: [other]}", ["1. a"]),
        ("a: {build: ., depends_on: [b]}, b: {build: ., depends_on: [a]}", []),
    ],
)
def test_services_come_up_behind_what_they_wait_for(services: str, lines: list[str]) -> None:
    assert [*coming_up(parse_compose(f"services: {{{services}}}".encode(), "c"))] == lines
