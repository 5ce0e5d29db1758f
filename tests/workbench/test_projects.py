"""The images that a lab's Compose project needs beforehand."""

from pathlib import Path

import pytest

from checks.workbench.running import Unreadable, required_images
from tests.made_labs import made_lab

COMPOSE = "services: {api: {build: ., image: mine}, db: {image: 'postgres:${RELEASE}'}}"


def test_bases_and_images_that_nobody_builds(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").write_text("RELEASE=16\n")
    assert required_images(made_lab(tmp_path, compose="compose.yaml")) == ["postgres:16", "python:3.12-slim"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(Unreadable, match=r"compose\.yaml"):
        required_images(made_lab(tmp_path, compose="compose.yaml"))
