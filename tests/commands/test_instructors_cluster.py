"""Each command of docs/instructors.md about several machines is run, on this one, with ports that are free here."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from checks.commands.status import FULL_MARKS, NOT_GRADED, POINTS_MISSING
from checks.engine.ports import free_port
from checks.lab import ROOT
from tests.commands.course_beside_class import SECONDS, course_beside_class
from tests.commands.ssh_server import ssh_server
from tests.grading.results_of import reports_of

pytestmark = pytest.mark.slow

TEXT = (ROOT / "docs" / "instructors.md").read_text("utf-8").partition("\n## 9. ")[2]
SECTIONS = {part.partition("\n")[0]: part for part in TEXT.split("\n### ")}
PORT = "8786"
STAND_IN_FOR_SLURM = """#!/bin/sh
# A stand-in for sbatch: it runs the job at once, on this machine.
sh "$1" >"$1.log" 2>&1 &
echo $! >>"$JOBS"
echo Submitted batch job $!
"""


def blocks(section: str, language: str = "bash") -> list[str]:
    """The blocks of a section."""
    return re.findall(rf"```{language}\n(.*?)```\n", SECTIONS[section], re.DOTALL)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands are typed; Dask's own files go beside it."""
    monkeypatch.setenv("DASK_TEMPORARY_DIRECTORY", str(tmp_path))
    return course_beside_class(tmp_path)


@pytest.fixture
def port() -> str:
    """A port that is free now."""
    return str(free_port())


@contextmanager
def running(course: Path, *commands: str) -> Iterator[None]:
    """Run commands in terminals of their own until the end of the block."""
    started = [
        subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=course,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGINT)
        for process in started:
            process.communicate(timeout=SECONDS)


def grades_two(course: Path, command: str) -> None:
    """Have a class of two graded by a command."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=course, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == POINTS_MISSING, done.stderr
    reports = reports_of(course.parent / "spread")
    assert {name: report.score for name, report in reports.items()} == {"ada": 14, "grace": 0}


def test_one_machine(course: Path, port: str) -> None:
    scheduler, worker, grade = (
        block.strip().replace(PORT, port) for block in blocks("One machine, to try it")
    )
    with running(course, f"{scheduler} --no-dashboard", f"{worker} --no-dashboard"):
        grades_two(course, grade)


def test_three_machines_over_ssh(course: Path, port: str, tmp_path: Path) -> None:
    """All three are this one; each worker begins in a home that has the course."""
    home, key = tmp_path / "home", tmp_path / "id_rsa"
    home.mkdir()
    (home / "docker-lab").symlink_to(course)
    start, grade = (block.strip().replace(PORT, port) for block in blocks("Three machines over SSH"))
    local = re.compile(r"grader[123]")
    with ssh_server(home, key) as server:
        words = f"--ssh-port {server.port} --ssh-private-key {key} --scheduler-port {port}"
        with running(course, f"{local.sub('127.0.0.1', start)} {words}"):
            grades_two(course, local.sub("127.0.0.1", grade))
        assert len(server.processes) == 4


def test_slurm(course: Path, port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs are those that Slurm would get."""
    programs, jobs = tmp_path / "programs", tmp_path / "jobs"
    programs.mkdir()
    for name, text in {"sbatch": STAND_IN_FOR_SLURM, "scancel": '#!/bin/sh\nkill "$@"\n'}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setenv("JOBS", str(jobs))
    (script,) = blocks("Slurm", "python")
    (course.parent / "slurm.py").write_text(script.replace(PORT, port).replace("jobs=10", "jobs=2"))
    (command,) = blocks("Slurm")
    host = subprocess.check_output(["hostname", "-I"], text=True).split()[0]
    (grade,) = (block for block in blocks("One machine, to try it") if " grade " in block)
    with running(course, command.strip()):
        grades_two(course, grade.replace(f"127.0.0.1:{PORT}", f"{host}:{port}"))
    assert len(jobs.read_text().splitlines()) == 2


def test_the_ci_of_students(course: Path) -> None:
    (command,) = blocks("Without a cluster: each student's own CI")
    done = subprocess.run(["bash", "-c", command], cwd=course, capture_output=True, text=True, check=False)
    assert done.returncode == FULL_MARKS, done.stderr
    (workflow,) = (course.parent / "release" / ".github" / "workflows").iterdir()
    assert yaml.safe_load(workflow.read_text("utf-8"))["jobs"]


def test_without_dask(course: Path) -> None:
    """Dask is an extra: who has not installed it reads how."""
    hide = "import sys; sys.modules['distributed'] = None; from checks.__main__ import main; sys.exit(main())"
    words = [
        "grade",
        str(course.parent / "class" / "ada.zip"),
        "--static",
        "--scheduler",
        "tcp://127.0.0.1:1",
    ]
    done = subprocess.run(
        [sys.executable, "-c", hide, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == NOT_GRADED
    assert "`make cluster` installs it" in done.stderr
    assert "Traceback" not in done.stderr
