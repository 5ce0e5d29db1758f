"""Compose files in a table: the grader says of each what `docker compose config` says, or the table says why."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.oracles.projects import TABLE, VERSIONS, Row, composes_refusal, graders_refusal, programs, rows

ROWS = list(rows())


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
    for kind in yaml.safe_load(TABLE.read_text()):
        for entry in kind.get("differ", ()):
            assert entry["2.26"] != entry["2.40"] or "grader" in entry, entry
            assert ("grader" in entry) == ("why" in entry), entry


@pytest.mark.parametrize("kind", dict.fromkeys(row.kind for row in ROWS))
def test_the_grader_says_the_same(kind: str) -> None:
    asked = [row for row in ROWS if row.kind == kind]
    assert {row.text: graders_word(row) for row in asked} == {row.text: row.words["grader"] for row in asked}


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
