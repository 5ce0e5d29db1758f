"""Compose files in a table: the grader says of each what `docker compose config` says, or the table says why."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.engine.embedded.layout import DEFAULT
from checks.parsing.compose import parse_compose
from checks.parsing.dotenv import parse_dotenv
from checks.parsing.errors import ParseError

TABLE = Path(__file__).with_name("compose.yaml")
VERSIONS = ("2.26", "2.40")
PROGRAM = "usr/libexec/docker/cli-plugins/docker-compose"
SERVICE = "services:\n  api:\n    image: x\n    "


@dataclass(frozen=True)
class Row:
    """One project, and the word of each version and of the grader."""

    kind: str
    files: Mapping[str, str]
    words: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.files["compose.yaml"]


def rows() -> Iterator[Row]:
    for kind in yaml.safe_load(TABLE.read_text()):
        for word in ("accepted", "refused"):
            for entry in kind.get(word, ()):
                yield Row(kind["kind"], files(entry), dict.fromkeys((*VERSIONS, "grader"), word))
        for entry in kind.get("differ", ()):
            said = {version: entry[version] for version in VERSIONS}
            yield Row(kind["kind"], files(entry), {**said, "grader": entry.get("grader", said[VERSIONS[-1]])})


def files(entry: str | Mapping[str, Any]) -> Mapping[str, str]:
    if isinstance(entry, str):
        entry = {"service": entry}
    text = entry["file"] if "file" in entry else SERVICE + entry["service"].replace("\n", "\n    ")
    return {**entry.get("beside", {}), "compose.yaml": text + "\n"}


ROWS = list(rows())


def graders_word(row: Row) -> str:
    try:
        variables = parse_dotenv(row.files.get(".env", "").encode()).get
        present = {path.removeprefix("./") for path in row.files}
        compose = parse_compose(
            row.text.encode(), "compose.yaml", variables, lambda path: path.removeprefix("./") in present
        )
    except ParseError:
        return "refused"
    return "refused" if compose.problems else "accepted"


def composes_word(program: Path, row: Row, folder: Path) -> str:
    folder.mkdir()
    for path, text in row.files.items():
        (folder / path).write_text(text)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PWD": str(folder)}
    command = [str(program), "--project-name", "table", "config", "--quiet"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=60)
    return "refused" if done.returncode else "accepted"


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


def programs() -> Mapping[str, Path]:
    """Compose of each version, from the engines beside the project."""
    found: dict[str, Path] = {}
    for program in sorted(DEFAULT.parent.glob(f"{DEFAULT.name}*/tools/{PROGRAM}")):
        said = subprocess.run(
            [program, "version", "--short"], capture_output=True, check=False, text=True
        ).stdout
        if version := re.match(r"v?(\d+\.\d+)", said):
            found[version[1]] = program
    return found
