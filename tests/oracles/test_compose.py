"""Compose files in a table: the grader says of each what `docker compose config` says, or the table says why."""

import os
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from checks.engine import Engine
from tests.oracles import read_table
from tests.oracles.projects import (
    NEWEST,
    TABLE,
    VERSIONS,
    Row,
    composes_refusal,
    graders_refusal,
    programs,
    rows,
    ups_word,
)

ROWS = list(rows())
IMAGE = "x"
HONEST = Row("honest", {"compose.yaml": "services: {a: {image: x}}"}, {}, "accepted")


def graders_word(row: Row) -> str:
    return "refused" if graders_refusal(row.text, row.files) else "accepted"


def composes_word(program: Path, row: Row, folder: Path) -> str:
    folder.mkdir()
    for path, text in row.files.items():
        (folder / path).write_text(text)
    return "refused" if composes_refusal(program, folder, row.text) else "accepted"


def test_the_table_is_large_and_has_both_sides() -> None:
    assert len(ROWS) >= 150
    assert len({row.text + str(row.files) for row in ROWS}) == len(ROWS)
    assert {row.words["grader"] for row in ROWS} == {"accepted", "refused"}


def test_what_differs_has_its_reason() -> None:
    for kind in read_table(TABLE):
        for entry in kind.get("differ", ()):
            assert entry["2.26"] != entry["2.40"] or "grader" in entry, entry
            assert ("grader" in entry) == ("why" in entry), entry


@pytest.mark.parametrize("kind", dict.fromkeys(row.kind for row in ROWS))
def test_the_grader_says_the_same(kind: str) -> None:
    asked = [row for row in ROWS if row.kind == kind]
    assert {row.text: graders_word(row) for row in asked} == {row.text: row.words["grader"] for row in asked}


def test_up_refuses_what_is_written_down(engine: Engine, tmp_path: Path) -> None:
    """And takes one that says nothing special, so that it is not the image which is refused."""
    asked = [HONEST, *(row for row in ROWS if row.up != row.words[NEWEST])]
    folders = [tmp_path / f"oracle{os.getpid()}x{number}" for number in range(len(asked))]
    for folder in folders:
        folder.mkdir()
    with image(engine), ThreadPoolExecutor(2) as pool:
        words = list(pool.map(ups_word, [engine] * len(asked), asked, folders))
    assert {row.text: word for row, word in zip(asked, words, strict=True) if word != row.up} == {}


@contextmanager
def image(engine: Engine) -> Iterator[None]:
    """The image `x` of the rows, while they are asked: one that does nothing."""
    with tempfile.TemporaryFile() as file:
        tarfile.open(fileobj=file, mode="w").close()
        file.seek(0)
        engine.run_cli("import", "--change", 'CMD ["x"]', "-", IMAGE, stdin=file.read())
    try:
        yield
    finally:
        engine.run_cli("image", "rm", IMAGE)


@pytest.mark.usefixtures("engine")  # which brings the program
@pytest.mark.parametrize("version", VERSIONS)
def test_compose_says_what_is_written_down(version: str, tmp_path: Path) -> None:
    program = programs().get(version)
    if program is None:
        pytest.skip(f"no embedded engine of this project has Compose {version}")
    folders = [tmp_path / str(number) for number in range(len(ROWS))]
    with ThreadPoolExecutor(2) as pool:
        words = list(pool.map(composes_word, [program] * len(ROWS), ROWS, folders))
    differing = {row.text: word for row, word in zip(ROWS, words, strict=True) if word != row.words[version]}
    assert differing == {}
