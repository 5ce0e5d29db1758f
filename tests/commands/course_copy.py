"""A copy of the course, for tests that add a lab to it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from checks.lab import ROOT
from tests.engines import LABS

COPIED = ("checks", "solutions", "editions", "tests", "locks", "docs")
SECONDS = 900


def copy_course(root: Path) -> Path:
    """Copy this repository, as git has it for the tests that ask git; bytecode too, which nobody compiles again."""
    for name in (*COPIED, *(lab.id for lab in LABS)):
        shutil.copytree(ROOT / name, root / name)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, root)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    return root


def python(
    course: Path, *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, which must not import this one."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
