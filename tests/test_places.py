"""A lab's files are in three places, and no other file of the course names the lab.

The places: its folder, its check module, and its tests (`tests/labs/<lab>/`, `solutions/<lab>/`). A test of the
course itself may grade a lab as an example; documentation may name any lab, and an edition names those it changes.
"""

import re
import subprocess
from functools import cache
from pathlib import PurePosixPath

import pytest

from checks.edition import FOLDER
from checks.lab import ROOT, Lab
from tests.engines import LABS

VERBS = "test|hint|watch|explain|build|run|dive|hadolint|opinions|structure|push|leaky|scan|sbom|slim"
FOR_PEOPLE = frozenset({".md", ".svg"})


def places(lab: Lab) -> tuple[str, ...]:
    """Where a lab's own files are."""
    return (f"{lab.id}/", f"checks/check_{lab.id}.py", f"tests/labs/{lab.id}/", f"solutions/{lab.id}/")


def may_name_labs(path: PurePosixPath) -> bool:
    """Whether it is written for people, is an edition's, or tests one of the grader's packages alone."""
    is_special = path.parts[0] == "tests" and len(path.parts) > 2
    return path.suffix in FOR_PEOPLE or path.parts[0] == FOLDER or is_special


@cache
def shared_files() -> list[PurePosixPath]:
    """What git tracks and no lab owns."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    owned = tuple(place for lab in LABS for place in places(lab))
    paths = [PurePosixPath(name) for name in listed.stdout.split("\0") if name and not name.startswith(owned)]
    return [path for path in paths if (ROOT / path).is_file() and not may_name_labs(path)]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_no_shared_file_names_a_lab(lab: Lab) -> None:
    target = re.escape(lab.target)
    name = re.compile(
        rf"\b{lab.id}\b|\b({VERBS}){target}\b|load_lab\(.{target}\b|--lab[= ]{target}\b".encode()
    )
    naming = [str(path) for path in shared_files() if name.search((ROOT / path).read_bytes())]
    assert naming == []


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_lab_has_each_of_its_places(lab: Lab) -> None:
    assert [place for place in places(lab) if not (ROOT / place).exists()] == []
