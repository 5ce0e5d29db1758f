"""What is handed over with the course: each script grades, run as its platform runs it, without the platform."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from checks.grading.handover import (
    WORKFLOW,
    PinnedCourse,
    write_autograder,
    write_gradescope_zip,
    write_workflow,
)
from checks.grading.release import ReleaseError
from checks.lab import ROOT, all_labs
from tests.commands.course_copy import copy_course
from tests.reports.formats.conftest import CLASSROOM_50

pytestmark = pytest.mark.slow

LAB = all_labs()[0]
COURSE = PinnedCourse("ada", "docker-lab", "v1")


def _run(
    *words: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def _git(*words: str, cwd: Path) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done = _run("git", *who, *words, cwd=cwd)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with this environment, so that none is made."""
    root = copy_course(tmp_path_factory.mktemp("course") / "course")
    (root / ".venv").symlink_to(sys.prefix)
    return root


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ada/docker-lab@v1", ("ada", "docker-lab", "v1")),
        ("a-1/b.c_d@0123abc", ("a-1", "b.c_d", "0123abc")),
        ("ada/lab@release/2026", ("ada", "lab", "release/2026")),
        *((text, None) for text in ("", "ada", "ada/lab", "ada/lab@", "ada@v1", "a/b/c@v1", "ada/lab@-x")),
        *(
            (text, None)
            for text in ('ada/lab@v1"', "ada/lab@v 1", "ada/lab@v1\n", "ada/lab@$(id)", "ada/..@v1")
        ),
        *((text, None) for text in ("ada/lab@@REF@", "ada/lab@../x", "\u0430da/lab@v1")),
    ],
)
def test_a_course_is_a_repository_at_a_version(text: str, read: tuple[str, ...] | None) -> None:
    if read is None:
        with pytest.raises(ReleaseError, match="owner/repository@ref"):
            PinnedCourse.read(text)
    else:
        assert PinnedCourse.read(text) == PinnedCourse(*read)


def test_the_workflow_grades_with_the_course_and_not_with_the_submission(
    course: Path, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("before\n\n<!-- pushed -->\n\nafter\n")
    write_workflow(tmp_path, COURSE)
    readme = (tmp_path / "README.md").read_text("utf-8")
    assert f"`{WORKFLOW.as_posix()}`" in readme
    assert "the checks of ada/docker-lab at v1" in readme
    job = yaml.safe_load((tmp_path / WORKFLOW).read_text("utf-8"))["jobs"]["grade"]
    checkout = next(step["with"] for step in job["steps"] if step.get("with", {}).get("repository"))
    assert (checkout["repository"], checkout["ref"]) == ("ada/docker-lab", "v1")
    (grade,) = (step for step in job["steps"] if step.get("name") == "grade")
    shutil.copytree(ROOT / "solutions" / LAB.id, tmp_path / "submission" / LAB.id)
    (tmp_path / "submission" / "checks").mkdir()
    (tmp_path / "submission" / "conftest.py").write_text("raise SystemExit('mine')")
    (tmp_path / "submission" / "checks" / "__init__.py").write_text("raise SystemExit('mine')")
    (tmp_path / "submission" / LAB.id / "README.md").write_text("mine")
    shutil.copytree(course, tmp_path / "course", symlinks=True)
    summary = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    done = _run(
        "bash", "-e", "-c", grade["run"], cwd=tmp_path / grade["working-directory"], environment=summary
    )
    assert done.returncode == 3, done.stderr  # no engine answers here
    for name in (f"{LAB.id}/README.md", "checks/__init__.py", "conftest.py"):
        assert f"::notice file={name},title=Not yours to change::" in done.stdout
    assert "::notice title=Autograding complete::Points " in done.stdout
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("# submission\n")
    assert "mine" not in done.stdout + done.stderr


def test_the_workflow_has_steps_as_github_reads_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    write_workflow(tmp_path, COURSE)
    text = (tmp_path / WORKFLOW).read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert set(workflow) == {"name", True, "permissions", "jobs"}  # YAML reads `on` as a truth
    for step in workflow["jobs"]["grade"]["steps"]:
        assert ("uses" in step) != ("run" in step), step
        assert set(step) <= {"name", "env", "if", "uses", "with", "run", "working-directory"}
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v1"))
    assert not re.search(r"@[A-Z]+@", text)  # each name of the template is filled in


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `autograder` as Gradescope lays it out, with this environment."""
    root = tmp_path_factory.mktemp("gradescope")
    write_gradescope_zip(root / "autograder.zip", LAB)
    with zipfile.ZipFile(root / "autograder.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        archive.extractall(root / "source")
    assert (modes["setup.sh"], modes["run_autograder"]) == (0o755, 0o755)
    assert not [name for name in modes if name.startswith(("course/solutions", "course/tests"))]
    shutil.copy(root / "source" / "run_autograder", root)
    (root / "source" / "course" / ".venv").symlink_to(sys.prefix)
    return root


@pytest.mark.parametrize("folder", [LAB.id, "", f"docker-lab-main/{LAB.id}"])
def test_gradescope_grades_files_with_and_without_their_folder(folder: str, gradescope: Path) -> None:
    shutil.rmtree(gradescope / "submission", ignore_errors=True)
    shutil.copytree(ROOT / "solutions" / LAB.id, gradescope / "submission" / folder)
    done = _run("bash", gradescope / "run_autograder", cwd=gradescope)
    assert done.returncode == 0, done.stderr
    tests = json.loads((gradescope / "results" / "results.json").read_text("utf-8"))["tests"]
    assert len(tests) > 5
    assert {test["status"] for test in tests} == {"passed"}


def test_gradescope_shows_a_submission_without_files_as_failed(gradescope: Path) -> None:
    shutil.rmtree(gradescope / "submission", ignore_errors=True)
    (gradescope / "submission").mkdir()
    assert _run("bash", gradescope / "run_autograder", cwd=gradescope).returncode == 0
    tests = json.loads((gradescope / "results" / "results.json").read_text("utf-8"))["tests"]
    assert {test["status"] for test in tests} == {"failed"}


def test_the_scripts_are_well_formed(gradescope: Path) -> None:
    for name in ("setup.sh", "run_autograder"):
        assert _run("bash", "-n", gradescope / "source" / name, cwd=gradescope).returncode == 0


def test_a_course_without_git_leaves_no_zip_behind(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="git clone"):
        write_gradescope_zip(tmp_path / "a.zip", LAB, root=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def tagged(course: Path) -> Path:
    """The course as a repository with its version."""
    _git("add", "--all", "--force", ".venv", ".", cwd=course)
    _git("commit", "--quiet", "-m", "the course", cwd=course)
    _git("tag", "--force", "v1", cwd=course)
    return course


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A student's repository, to be committed."""
    shutil.copytree(ROOT / "solutions" / LAB.id, tmp_path / "checkout" / LAB.id)
    _git("init", "--quiet", cwd=tmp_path / "checkout")
    return tmp_path / "checkout"


def _autograde(checkout: Path, course: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Commit the checkout, and grade it as Classroom 50 does."""
    _git("add", ".", cwd=checkout)
    _git("commit", "--quiet", "-m", "mine", "--date", "2026-11-25T16:44:00+01:00", cwd=checkout)
    write_autograder(checkout.parent / "autograder.py", COURSE, LAB)
    own = {"COURSE_URL": str(course), "MAKEFLAGS": "--old-file=locks/requirements.lock"}  # no new environment
    words = (sys.executable, checkout.parent / "autograder.py")
    return _run(*words, cwd=checkout, environment={**own, **variables})


VARIABLES = {name: value for name, value in CLASSROOM_50.items() if name != "SUBMITTED_AT"}


def test_classroom_50_grades_the_checkout_at_the_version(tagged: Path, checkout: Path) -> None:
    (checkout / "result.json").symlink_to("../other")
    (checkout / "release-body.md").mkdir()
    (checkout / "release-body.md" / "mine").write_text("")
    event = checkout.parent / "event.json"
    event.write_text('{"repository": {"pushed_at": 1700000000}}')
    pushed = {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    done = _autograde(checkout, tagged, **VARIABLES, **pushed)
    assert done.returncode == 3, done.stderr  # no engine answers here
    result = json.loads((checkout / "result.json").read_text("utf-8"))
    assert result["datetime"] == "2023-11-14T22:13:20Z"  # of the push, and not of the commit
    assert (result["classroom"], result["owner"]) == ("mlops", "ada")
    assert (checkout / "release-body.md").is_file()
    assert not (checkout.parent / "other").exists()


def test_a_committed_result_does_not_outlive_a_grading_without_one(tagged: Path, checkout: Path) -> None:
    (checkout / "result.json").write_text('{"score": 100}')
    variables = {**VARIABLES, "CLASSROOM": ""}  # so that there is no export
    assert _autograde(checkout, tagged, **variables).returncode == 2
    assert not (checkout / "result.json").exists()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("release", "{out}", "--course", "ada/lab@v1"), 0, "grade.yml: each push is graded with ada/lab@v1"),
        (("release", "{out}", "--course", "ada/lab"), 2, "owner/repository@ref"),
        (("gradescope", LAB.target, "{out}/a.zip"), 0, "give the assignment 14 autograder points"),
        (("gradescope", "no-lab", "{out}/a.zip"), 2, "there is no lab `no-lab`"),
        (("classroom50", LAB.target, "ada/lab@v1", "{out}/a.py"), 0, "a.py: put it into"),
        (("classroom50", LAB.target, "lab", "{out}/a.py"), 2, "owner/repository@ref"),
    ],
)
def test_its_commands_say_what_to_do_next(
    words: tuple[str, ...], status: int, said: str, tmp_path: Path
) -> None:
    named = [word.format(out=tmp_path / "out") for word in words]
    done = _run(sys.executable, "-m", "checks", *named, cwd=ROOT)
    assert (done.returncode, said in done.stdout + done.stderr) == (status, True), done.stderr
    assert (tmp_path / "out").exists() == (status == 0)
