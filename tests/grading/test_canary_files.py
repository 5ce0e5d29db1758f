"""A lab's planted files are written to the workspace, with random values."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.grading.canary_files import ARGUMENT, CanaryFiles
from checks.parsing.dockerfile.dockerfile import parse_dockerfile

FILES = {".env": "API_KEY={value}\n", "app/__pycache__/a.pyc": "{value}"}


def made() -> CanaryFiles:
    return CanaryFiles.with_values(FILES, ".env")


def test_every_file_has_its_own_value(tmp_path: Path) -> None:
    canary_files = made()
    (tmp_path / ".env").write_text("API_KEY=of-a-student\n")
    canary_files.plant(tmp_path)
    for name, text in FILES.items():
        assert (tmp_path / name).read_text() == text.format(value=canary_files.value(name))
    assert len({canary_files.value(name) for name in [*FILES, ARGUMENT]}) == 3


def test_no_two_gradings_plant_the_same() -> None:
    assert made().value(".env") != made().value(".env")


def test_what_is_planted_can_be_read_by_anybody(tmp_path: Path) -> None:
    made().plant(tmp_path)
    assert (tmp_path / "app/__pycache__").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "app/__pycache__/a.pyc").stat().st_mode & 0o777 == 0o644


def test_a_build_is_given_what_it_asks_for(tmp_path: Path) -> None:
    canary_files = made()
    text = b"FROM a\nARG TOKEN\nARG PORT=1\nRUN --mount=type=secret,id=key true"
    dockerfile = parse_dockerfile(text)
    assert canary_files.build_arguments(dockerfile) == {"TOKEN": canary_files.value(ARGUMENT)}
    assert canary_files.build_secrets(dockerfile, tmp_path) == {"key": tmp_path / ".env"}


@pytest.mark.parametrize(
    ("asked", "example", "is_key"),
    [("API_KEY", {}, True), ("API_KEY", {"API_KEY": "mine"}, False), ("LOG_LEVEL", {}, False)],
)
def test_a_file_that_asks_for_the_key_gets_it(asked: str, example: dict[str, str], *, is_key: bool) -> None:
    canary_files = CanaryFiles.with_values(FILES, ".env", "API_KEY")
    found = canary_files.filling(example.get)(asked)
    assert found == (canary_files.value(".env") if is_key else example.get(asked))


def test_a_lab_that_plants_nothing(tmp_path: Path) -> None:
    canary_files = CanaryFiles.with_values({}, None)
    canary_files.plant(tmp_path)
    assert list(tmp_path.iterdir()) == []
    dockerfile = parse_dockerfile(b"FROM a\nRUN --mount=type=secret,id=key true")
    assert (canary_files.canaries, canary_files.build_secrets(dockerfile, tmp_path)) == ((), {})


def test_a_random_word_is_part_of_a_name(tmp_path: Path) -> None:
    """The canary has the name of the list, which is the same in each grading."""
    for root in (tmp_path / "one", tmp_path / "two"):
        made = CanaryFiles.with_values({"models/*/*.txt": "{value}"}, None)
        made.plant(root)
        (file,) = root.rglob("*.txt")
        assert file.read_text() == made.value("models/*/*.txt")
    assert {*_names(tmp_path / "one")}.isdisjoint(_names(tmp_path / "two"))


def _names(root: Path) -> Iterator[str]:
    return (file.relative_to(root).as_posix() for file in root.rglob("*") if file.name != "models")
