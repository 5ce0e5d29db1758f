"""The digest of the course changes with what decides verdicts, and not with what only shows them."""

import subprocess
from pathlib import Path

import pytest

from checks.grading.course import course
from tests.commands.course_copy import copy_course

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("file", "differs"),
    [
        ("checks/rules/pip_cache_kept.py", True),
        ("checks/check_task1_layers.py", True),
        ("task1_layers/lab.yaml", True),
        ("task1_layers/app/main.py", True),
        ("solutions/task1_layers/Dockerfile", True),
        ("conftest.py", True),
        ("checks/rules/a_new_rule.py", True),
        ("lab_compose/models/.gitkeep", True),
        ("locks/requirements.lock", True),
        ("locks/requirements-tools.lock", True),
        ("locks/requirements-dev.lock", False),
        ("checks/reports/terminal.py", False),
        ("checks/loop/watching.py", False),
        ("task1_layers/hints.yaml", False),
        ("task1_layers/.DS_Store", False),
        ("task1_layers/.pytest_cache/README", False),
        ("task1_layers/app/.venv/pyvenv.cfg", False),
        ("solutions/task1_layers/.DS_Store", False),
        ("lab_compose/models/model.pkl", False),
        ("lab_compose/.env", False),
        ("lab_env_secrets/secrets/key", False),
        ("lab_model_service/scan.json", False),
        ("checks/commands/grade.py", False),
        ("task1_layers/README.md", False),
        ("tests/test_rules.py", False),
        ("docs/glossary.md", False),
    ],
)
def test_a_change_of(tmp_path: Path, file: str, differs: bool) -> None:  # noqa: FBT001 - a table
    root = copy_course(tmp_path / "course")
    before = course(root).digest
    course.cache_clear()
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    with (root / file).open("a") as stream:
        stream.write("\n# changed\n")
    assert (course(root).digest != before) is differs


def test_the_version_is_what_git_says_or_the_courses_own_number(tmp_path: Path) -> None:
    root = copy_course(tmp_path / "course")
    assert course(root).version[:1].isdecimal()
    assert "." in course(root).version
    course.cache_clear()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (("add", "conftest.py"), ("commit", "-q", "-m", "x"), ("tag", "-a", "v1", "-m", "x")):
        subprocess.run([*git, *words], cwd=root, check=True)
    assert course(root).version == "v1"
    course.cache_clear()
    (root / "conftest.py").write_text("")
    assert course(root).version == "v1-dirty"
