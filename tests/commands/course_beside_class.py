"""What docs/instructors.md begins with: the course's folder, in which commands are typed, beside a class of two."""

import shutil
import sys
import zipfile
from pathlib import Path

from checks.lab import ROOT
from tests.grading.sample_class import LAB, SOLUTION

SECONDS = 600  # for one command


def course_beside_class(place: Path) -> Path:
    """Return a folder whose `.venv` grades with this course; `ada` beside it has full marks, `grace` has none."""
    python = place / "course" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (place / "class").mkdir()
    with zipfile.ZipFile(place / "class" / "ada.zip", "w") as packed:
        for file in SOLUTION.iterdir():
            packed.write(file, f"{LAB}/{file.name}")
    shutil.copytree(ROOT / LAB, place / "class" / "grace" / LAB)
    return place / "course"
