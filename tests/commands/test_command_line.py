"""A command is found by its name, and brings no other command along; a target of make fails with what it runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from checks.__main__ import declarations
from checks.lab import ROOT

FOLDER = ROOT / "checks" / "commands"
EVERY = sorted(path.stem for path in FOLDER.glob("*.py") if "\ndef declare(" in path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "modules"),
    [
        (["grade", "ada.zip"], ["grade"]),
        (["release", "--help"], ["release"]),
        (["build", "X"], EVERY),
        (["status"], EVERY),
        (["no-such"], EVERY),
        (["--help"], EVERY),
        ([], EVERY),
    ],
)
def test_only_the_module_of_the_command_is_asked(words: list[str], modules: list[str]) -> None:
    assert [declare.__module__.rpartition(".")[2] for declare in declarations(words)] == modules


@pytest.mark.parametrize(
    ("first", "status", "said"),
    [("raise SystemExit(1)", 2, ""), ("import other; print('begun')", 0, "begun\ndone\n")],
)
def test_benchmarks_find_the_project_and_the_first_that_fails_fails_all(
    tmp_path: Path, first: str, status: int, said: str
) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "other.py").touch()
    for name, text in (("a", first), ("b", "print('done')")):
        (tmp_path / "benchmarks" / f"bench_{name}.py").write_text(text)
    there = ("developing", "tools", "engine")  # what it needs
    words = [
        "make",
        "--no-print-directory",
        "-f",
        str(ROOT / "instructors.mk"),
        f"VENV={sys.prefix}",
        "benchmark",
    ]
    words += [word for name in there for word in ("-o", name)] + ["-o", f"{sys.prefix}/developing"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, said)
