"""The files that are planted stay outside of an honest context, and of no other."""

from pathlib import Path

import pytest

from checks.grading.canary_files import CanaryFiles
from checks.lab import load_lab
from checks.parsing.text.ignore_file import parse_ignorefile

LAB = Path(__file__).parent.name

FOLDERS = ".git\n**/__pycache__\n.venv\n.env\nmodels\n"
PATTERNS = ".git*\n**/*.pyc\n.venv/\n*.env\nmodels/*\n"
ALL_BUT = "*\n!app\n!requirements.txt\n**/*.pyc\n"
BY_NAME = (
    ".git/config\n.git/refs\n__pycache__/main.cpython-312.pyc\napp/__pycache__/settings.cpython-312.pyc\n"
    ".venv/bin/activate\n.venv/lib\n.env\nmodels/old/notes.txt\nmodels/model.pkl\n"
)


@pytest.mark.parametrize(
    ("ignored", "stays"),
    [
        (FOLDERS, True),
        (PATTERNS, True),
        (ALL_BUT, True),
        (BY_NAME, False),
        (FOLDERS.replace("models", "models/model.pkl\nmodels/old"), False),
        (FOLDERS.replace(".venv", ".venv/bin/activate\n.venv/bin/python\n.venv/lib/python3.12"), False),
        (FOLDERS.replace("**/__pycache__", "**/main.cpython-312.pyc\n**/settings.cpython-312.pyc"), False),
    ],
)
def test_no_list_of_names_keeps_the_canaries_out(tmp_path: Path, ignored: str, *, stays: bool) -> None:
    CanaryFiles.of(load_lab(LAB)).plant(tmp_path)
    rules = parse_ignorefile(ignored.encode())
    planted = (file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file())
    assert all(map(rules.ignores, (name for name in planted if not name.startswith("secrets/")))) is stays
