"""Docker's own frontend is replaced by the built-in one; any other is never run."""

from pathlib import Path

import pytest

from checks.grading.build_policy import settle_frontend
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import parse_dockerfile

OFFICIAL = [
    "docker/dockerfile",
    "docker/dockerfile:1",
    "docker.io/docker/dockerfile:1.7-labs",
    f"docker/dockerfile:1@sha256:{'0' * 64}",
]
FOREIGN = [
    "evil/x",
    "docker/dockerfile2",
    "evil.example/docker/dockerfile:1",
    "Docker/x",
    "%%%",
    "dockerfile:1",
]


def _settled(text: str, place: Path, *, built_in: bool = True) -> str:
    path = place / "Dockerfile"
    path.write_text(text)
    assert not parse_dockerfile(path.read_bytes()).problems
    for _ in range(2):  # it is asked again for every build
        settle_frontend(path, "lab/Dockerfile", built_in=built_in)
    return path.read_text()


@pytest.mark.parametrize("name", OFFICIAL)
def test_dockers_own(name: str, tmp_path: Path) -> None:
    assert _settled(f"# syntax={name}\nFROM x\n", tmp_path) == "#\nFROM x\n"


@pytest.mark.parametrize("name", OFFICIAL)
def test_dockers_own_is_the_newest_where_it_can_be_pulled(name: str, tmp_path: Path) -> None:
    settled = _settled(f"# escape=`\n#syntax = {name}\nFROM x\n", tmp_path, built_in=False)
    assert settled == "# escape=`\n# syntax=docker/dockerfile:1\nFROM x\n"


def test_the_other_directives_stay_in_force(tmp_path: Path) -> None:
    text = "# syntax=docker/dockerfile:1\n# escape=`\nFROM x\nLABEL a=`\n1\n"
    assert _settled(text, tmp_path) == "# escape=`\n#\nFROM x\nLABEL a=`\n1\n"


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("built_in", [True, False])
def test_a_foreign_one(name: str, tmp_path: Path, *, built_in: bool) -> None:
    with pytest.raises(CheckFailed) as failed:
        _settled(f"# escape=`\n# SYNTAX = {name}\nFROM x\n", tmp_path, built_in=built_in)
    assert (failed.value.file, failed.value.line) == ("lab/Dockerfile", 2)


def test_behind_a_shebang(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed) as failed:
        _settled("#!/bin/sh\n# syntax=evil/x\nFROM x\n", tmp_path)
    assert failed.value.line == 2


@pytest.mark.parametrize("text", ["//syntax=evil/x\nFROM x\n", '{"syntax": "evil/x"}\n'])
def test_other_forms_are_refused_by_the_parser(text: str) -> None:
    assert parse_dockerfile(text.encode()).problems


@pytest.mark.parametrize("text", ["\n# syntax=evil/x\nFROM x\n", "# hello\n# syntax=evil/x\nFROM x\n"])
def test_what_is_a_comment_for_docker(text: str, tmp_path: Path) -> None:
    assert _settled(text, tmp_path) == text
