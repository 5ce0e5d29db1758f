"""Which programs a script starts, and with which arguments, as the shells themselves show: installs that never ran.

Programs of those names stand in a folder of the test's own, and print what they are given.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from checks.parsing.shell import shell_options, split

PROGRAMS = ("apt-get", "pip")
SCRIPTS = (
    'i() { apt-get install -y "$@"; }; i a b',
    "i() { apt-get install -y $1=$2; }; i a 1",
    "i() { for p; do apt-get install -y $p; done; }; i a b",
    'i() { for p in "$@"; do apt-get install -y "$p"; done; }; i a b',
    "i() { shift; apt-get install $1; }; i a b",
    "f() { g; }; g() { apt-get install a; }; f",
    "i() { apt-get install a; }; (i)",
    "i() { apt-get install a; }; i || true; X=1 i",
    'pip() { command pip --no-cache-dir "$@"; }; pip install a',
    "i() { p=$1; apt-get install $p; }; i a; i b",
    "i() ( apt-get install $1 )\ni a",
    "i() { apt-get install ${2}; }; set -e; i a b && apt-get clean",
    "apt-get() { :; }; apt-get install -y x",
    "pip() { echo pip $1; }; pip install x; apt-get update",
    "i() { apt-get install a; }; true",
    "i() { return; apt-get install a; }; i; apt-get update",
    "i() { apt-get install a; }; sh -c i || true",
    "if false; then pip() { :; }; fi; pip install a",
    "set -n\napt-get install a",
    "sh -nc 'apt-get install a'; apt-get update",
    "pip() { exit 0; }; pip install a; apt-get update",
    "i() { apt-get install $3; }; i a b",
    "alias pip=true\npip install a\napt-get update",
    "alias i='apt-get install -y'\ni a || true",
    "alias pip=true; pip install a",
    "alias pip=true\n(pip install a)\nsh -c 'pip install b'",
    "if false; then alias pip=true; fi\npip install a",
    "alias pip=true\n\\\\pip install a",
)


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    for name in PROGRAMS:
        (tmp_path / name).write_text(f'#!/bin/sh\necho "{name}" "$@" >> "$CALLS"\n')
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_said_to_run_is_what_runs(stubs: Path, shell: str, script: str) -> None:
    program, calls = shutil.which(shell), stubs / "calls"
    assert program
    calls.touch()
    environment = {"PATH": f"{stubs}:/usr/bin:/bin", "CALLS": str(calls)}
    subprocess.run([program, "-c", script], env=environment, check=False, capture_output=True, timeout=10)
    found = split(script, options=shell_options([shell, "-c"]))
    told = [" ".join(command.expand({})) for command in found if command.runs and command.name in PROGRAMS]
    assert told == calls.read_text().splitlines()
