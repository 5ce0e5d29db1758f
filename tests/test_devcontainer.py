"""The dev container: held against the documented fields of the specification, since none can be started here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checks.grading.release import write_release
from checks.lab import ROOT
from tests.engines import LABS

FILE = Path(".devcontainer", "devcontainer.json")
SCHEMA = json.loads((ROOT / "tests" / "schemas" / "devcontainer.json").read_text("utf-8"))
DOCKER = "ghcr.io/devcontainers/features/docker-in-docker:2"


@pytest.fixture
def written() -> dict[str, Any]:
    written: dict[str, Any] = json.loads((ROOT / FILE).read_text("utf-8"))
    return written


def _faults(document: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_it_has_documented_fields_alone(written: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert _faults(written) == []


@pytest.mark.parametrize(
    "change",
    [
        {"forwardPort": [8000]},
        {"image": ""},
        {"forwardPorts": ["8000"]},
        {"forwardPorts": [65536]},
        {"hostRequirements": {"memory": "4 GB"}},
        {"updateContentCommand": 1},
        {"waitFor": "install"},
        {"portsAttributes": {"80": {"onAutoForward": "open"}}},
        {"features": {DOCKER: {"dockerDashComposeVersion": 2}}},
        {"features": {"docker-in-docker": {}}},
    ],
)
def test_the_schema_refuses_what_is_not_documented(written: dict[str, Any], change: dict[str, Any]) -> None:
    assert len(_faults(written | change)) == 1


def test_it_brings_what_the_course_needs(written: dict[str, Any]) -> None:
    python = re.search(r"/python:1-3\.(\d+)-", written["image"])
    assert python
    assert int(python[1]) >= 11
    options = written["features"][DOCKER]
    assert (options["installDockerBuildx"], options["dockerDashComposeVersion"]) == (True, "v2")


def test_it_prepares_with_a_target_of_make(written: dict[str, Any]) -> None:
    command, target = written["updateContentCommand"].split()
    assert command == "make"
    assert re.search(rf"^{target}: .*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_it_forwards_the_ports_of_the_labs(written: dict[str, Any]) -> None:
    ports = sorted({lab.port for lab in LABS})
    assert written["forwardPorts"] == ports
    assert list(written["portsAttributes"]) == [str(port) for port in ports]


def test_students_have_it_too(tmp_path: Path) -> None:
    write_release(tmp_path / "course")
    assert (tmp_path / "course" / FILE).read_bytes() == (ROOT / FILE).read_bytes()
    readme = (tmp_path / "course" / "README.md").read_text("utf-8")
    assert f"({FILE})" in readme
    assert "not tried" in readme
