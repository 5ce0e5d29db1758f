"""CONTRIBUTING.md, done literally: a lab of two services and no model, from `newLab` to a contract that holds.

Its files are in `tests/contributing/`: two Dockerfiles in two contexts, and a Flask app that gunicorn serves.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.standins import ensure_base
from checks.lab import ROOT
from tests.commands.course_copy import copy_course, python
from tests.engines import as_hosts

LAB, BASE = "lab_two_services", "python:3.12-slim"
WRITTEN = ROOT / "tests" / "contributing" / LAB


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course with that lab, made by `newLab` and then written over."""
    root = copy_course(tmp_path / "course")
    made = python(root, "-m", "checks", "new-lab", LAB)
    assert made.returncode == 0, made.stderr
    places = {"folder": LAB, "solution": f"solutions/{LAB}", "tests": f"tests/labs/{LAB}"}
    for part, place in places.items():
        shutil.rmtree(root / place)
        shutil.copytree(WRITTEN / part, root / place)
    shutil.copy(WRITTEN / "check.py.txt", root / "checks" / f"check_{LAB}.py")
    for template in (root / LAB).rglob("*.py.txt"):
        template.rename(template.with_suffix(""))
    assert python(root, "-m", "checks", "readme").returncode == 0
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    return root


def test_a_lab_of_two_services_keeps_the_contract(course: Path, engine: Engine) -> None:
    ensure_base(engine, BASE)
    proved = python(course, "-m", "checks", "check-lab", LAB, environment=as_hosts(engine))
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "the solution scores full marks" in proved.stdout
