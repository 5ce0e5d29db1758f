import os
import zipfile
from pathlib import Path

import pytest

from checks.evidence.submission.submission import open_submission
from checks.evidence.submission.workspace import Workspace, make_workspace

EDIT = ("Dockerfile", "answers.yaml", "app/settings.py")


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return write(
        tmp_path / "course" / "lab",
        {
            "Dockerfile": "# TODO",
            "answers.yaml": "size:",
            "app/main.py": "MESSAGE = 'hello'",
            "app/settings.py": "# TODO",
            "entrypoint.sh": "#!/bin/sh",
            "README.md": "read me",
            "lab.yaml": "edit: []",
            "app/__pycache__/main.pyc": "",
            ".venv/bin/python": "",
        },
    )


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def workspace(lab: Path, submission: Path, destination: Path) -> Workspace:
    with open_submission(submission) as opened:
        return make_workspace(lab, EDIT, opened, destination)


def contents(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def everything(root: Path) -> set[Path]:
    return set(root.rglob("*"))


def test_only_the_files_to_edit_come_from_the_submission(lab: Path, tmp_path: Path) -> None:
    hostile = dict.fromkeys(("app/main.py", "conftest.py", "Makefile", "lab.yaml", "new.py"), "forged")
    ada = write(tmp_path / "ada", {f"lab/{name}": text for name, text in hostile.items()})
    write(ada / "lab", {"Dockerfile": "FROM a", "answers.yaml": "size: 1", "app/settings.py": "X = 1"})
    before = everything(tmp_path)
    made = workspace(lab, ada, tmp_path / "out" / "w")
    assert contents(made.root) == {
        "Dockerfile": "FROM a",
        "answers.yaml": "size: 1",
        "app/main.py": "MESSAGE = 'hello'",
        "app/settings.py": "X = 1",
        "entrypoint.sh": "#!/bin/sh",
        "README.md": "read me",
    }
    assert (made.missing, dict(made.refused)) == (frozenset(), {})
    new = everything(tmp_path) - before
    assert all(path.is_relative_to(tmp_path / "out") for path in new)


def test_the_starters_own_version_is_not_used_for_a_missing_file(lab: Path, tmp_path: Path) -> None:
    made = workspace(lab, write(tmp_path / "ada", {"lab/Dockerfile": "FROM a"}), tmp_path / "w")
    assert made.missing == {"answers.yaml", "app/settings.py"}
    assert not (made.root / "answers.yaml").exists()
    assert not (made.root / "app/settings.py").exists()


def test_a_submission_without_the_lab_misses_every_file(lab: Path, tmp_path: Path) -> None:
    made = workspace(lab, write(tmp_path / "ada", {"other/Dockerfile": "FROM a"}), tmp_path / "w")
    assert made.missing == set(EDIT)


def test_a_refused_file_is_left_out_with_its_reason(lab: Path, tmp_path: Path) -> None:
    ada = write(tmp_path / "ada", {"lab/answers.yaml": "size: 1"})
    (ada / "lab" / "Dockerfile").symlink_to(lab / "Dockerfile")
    (ada / "lab" / "app").symlink_to(lab / "app")
    made = workspace(lab, ada, tmp_path / "w")
    assert set(made.refused) == {"Dockerfile", "app/settings.py"}
    assert "symbolic link" in made.refused["Dockerfile"]
    assert not (made.root / "Dockerfile").exists()
    assert not any(path.is_symlink() for path in made.root.rglob("*"))
    assert made.missing == frozenset()


def test_modes_are_normal_whatever_was_handed_in(lab: Path, tmp_path: Path) -> None:
    (lab / "entrypoint.sh").chmod(0o700)
    (lab / "app/main.py").chmod(0o777)
    ada = write(tmp_path / "ada", {"lab/Dockerfile": "FROM a", "lab/answers.yaml": "a: 1"})
    (ada / "lab/Dockerfile").chmod(0o6777)
    (ada / "lab/answers.yaml").chmod(0o600)
    made = workspace(lab, ada, tmp_path / "w")
    modes = {name: (made.root / name).stat().st_mode & 0o7777 for name in contents(made.root)}
    assert (modes["entrypoint.sh"], modes["app/main.py"]) == (0o755, 0o644)
    assert (modes["Dockerfile"], modes["answers.yaml"]) == (0o755, 0o644)


def test_a_narrow_umask_does_not_hide_folders_from_the_user_in_the_image(lab: Path, tmp_path: Path) -> None:
    ada = write(tmp_path / "ada", {"lab/Dockerfile": "FROM a"})
    was = os.umask(0o077)
    try:
        made = workspace(lab, ada, tmp_path / "w")
    finally:
        os.umask(was)
    assert (made.root / "app").stat().st_mode & 0o7777 == 0o755
    assert (made.root / "app/main.py").stat().st_mode & 0o7777 == 0o644


def test_an_archive_makes_the_same_workspace(lab: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.writestr("course-main/lab/Dockerfile", "FROM a")
        archive.writestr("course-main/lab/app/main.py", "forged")
    made = workspace(lab, tmp_path / "ada.zip", tmp_path / "w")
    assert (made.root / "Dockerfile").read_text() == "FROM a"
    assert (made.root / "app/main.py").read_text() == "MESSAGE = 'hello'"


def test_a_destination_that_exists_is_not_mixed_with(lab: Path, tmp_path: Path) -> None:
    ada = write(tmp_path / "ada", {"lab/Dockerfile": "FROM a"})
    (tmp_path / "w").mkdir()
    with pytest.raises(FileExistsError):
        workspace(lab, ada, tmp_path / "w")


def test_a_nonce_is_planted_exactly_once(lab: Path, tmp_path: Path) -> None:
    made = workspace(lab, write(tmp_path / "ada", {"lab/Dockerfile": "FROM a"}), tmp_path / "w")
    made.substitute("app/main.py", "hello", "n0nce")
    assert (made.root / "app/main.py").read_text() == "MESSAGE = 'n0nce'"
    for text in ("hello", "S"):  # none, and two
        with pytest.raises(RuntimeError, match=r"app/main\.py"):
            made.substitute("app/main.py", text, "x")
    assert (lab / "app/main.py").read_text() == "MESSAGE = 'hello'"
