"""The students' copy has no files for instructors, and it can grade itself."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from checks.edition_files import SPEC
from checks.grading.release import FOR_STUDENTS, ReleaseError, students_part, write_release
from checks.lab import ROOT, all_labs
from tests.made_labs import made_lab

pytestmark = pytest.mark.slow

LAB = all_labs()[0].target


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("release") / "course"
    write_release(directory)
    return directory


def test_it_has_all_that_a_student_needs(release: Path) -> None:
    top = {path.name for path in release.iterdir()}
    assert {"README.md", "Makefile", "conftest.py", "pyproject.toml", "locks", "checks"} <= top
    assert {lab.id for lab in all_labs()} <= top


def test_it_has_no_solution_no_mistake_and_no_test(release: Path) -> None:
    names = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    names -= {"docs/screenshots/report.svg"}  # which the README shows, and which has no line of a solution
    withheld = ("solutions/", "tests/", "benchmarks/", ".ci/", "docs/", "instructors.mk")
    assert not [name for name in names if name.startswith(withheld)]
    answers = {
        path.read_bytes()
        for path in (ROOT / "solutions").rglob("*")
        if path.is_file() and path.stat().st_size
    }
    assert not [name for name in names if (release / name).read_bytes() in answers]


def test_its_readmes_name_nothing_that_it_does_not_have(release: Path) -> None:
    done = subprocess.run(["make", "-C", str(release), "help"], capture_output=True, text=True, check=True)
    shown = set(re.findall(r"^  make (\w+)", done.stdout, re.MULTILINE))
    labs = re.findall(r"X is one of ([\w ]+)", done.stdout)[0].split()
    assert labs == [lab.target for lab in all_labs()]
    targets = shown | {
        f"{name.removesuffix('X')}{lab}" for name in shown if name.endswith("X") for lab in labs
    }
    for readme in (release / "README.md", *(release / lab.id / "README.md" for lab in all_labs())):
        text = readme.read_text("utf-8")
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
        assert [link for link in links if not (readme.parent / link).exists()] == []
        named = set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE))
        assert named - targets == set()  # `testX` is shown as such


def test_the_commands_of_its_readmes_write_and_read_below_the_top_folder(release: Path) -> None:
    """Commands are typed there, where `make` is: a lab's file is named with its folder."""
    for readme in release.glob("*/README.md"):
        blocks = re.findall(r"```bash\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
        named = re.findall(r"(?:> |\bcat |\bmkdir -p )([\w.-]+)/", "".join(blocks))
        assert [name for name in named if not (release / name).is_dir()] == [], readme


@pytest.mark.parametrize(
    ("readme", "students"),
    [
        ("a\n", "a\n"),
        ("a\n\n<!-- instructors -->\nb\n<!-- /instructors -->\n\nc\n", "a\n\nc\n"),
        ("<!-- instructors -->b<!-- /instructors -->c<!-- instructors -->d<!-- /instructors -->", "c"),
    ],
)
def test_what_is_for_instructors_is_left_out(readme: str, students: str) -> None:
    assert students_part(readme) == students


def test_what_is_listed_for_students_is_there() -> None:
    assert [name for name in FOR_STUDENTS if not (ROOT / name).exists()] == []


TRACKED = {
    "README.md": True,
    "checks/rules/new.py": True,
    "lab_new/lab.yaml": True,
    "lab_new/app/main.py": True,
    "locks/requirements.lock": True,
    "locks/requirements-dev.lock": False,
    "exam/README.md": False,
    "exam/checks/README.md": False,
    "solutions/lab_new/Dockerfile": False,
    "checks.md": False,
}


def test_a_new_folder_stays_behind_and_a_new_lab_does_not(tmp_path: Path) -> None:
    root, copy = tmp_path / "course", tmp_path / "copy"
    for number, name in enumerate((*TRACKED, "lab_new/untracked")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
        if name.endswith(SPEC):
            made_lab((root / name).parent, position=number, target=f"Lab{number}")
    for words in (["init", "--quiet"], ["add", *TRACKED]):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    write_release(copy, root)
    written = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert written == {name for name, is_given in TRACKED.items() if is_given}


def test_what_needs_the_instructors_copy_says_so(release: Path) -> None:
    for words in (["check-lab", LAB], ["demo-student"], ["gradescope", LAB, "a.zip"]):
        done = subprocess.run(
            [sys.executable, "-m", "checks", *words],
            cwd=release,
            env={**os.environ, "PYTHONPATH": str(release)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.count("\n"), done.stdout) == (2, 1, ""), done.stderr
        assert not (release / "a.zip").exists()


def test_its_own_command_gives_the_untouched_starters_no_point(release: Path, tmp_path: Path) -> None:
    """`make` in the copy, with our environment and our engine, so that neither is made twice."""
    (release / ".engine").symlink_to(ROOT / ".engine")
    make = ["make", "-C", str(release), f"VENV={Path(sys.prefix)}"]
    for lab in all_labs():
        done = subprocess.run([*make, f"test{lab.target}"], capture_output=True, text=True, check=False)
        assert f"{lab.id}  0/" in done.stdout, done.stdout + done.stderr
    command = [sys.executable, "-m", "checks", "grade", ".", "--static", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(release)}
    subprocess.run(command, cwd=release, env=environment, check=False, capture_output=True)
    (report,) = tmp_path.glob("*.json")
    assert json.loads(report.read_text())["score"] == 0


def test_it_is_not_written_over_something(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(ReleaseError):
        write_release(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
