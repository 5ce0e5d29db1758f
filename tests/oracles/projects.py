"""Compose projects in a table, and how the grader and `docker compose config` are asked about one."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.engine import Engine
from checks.engine.commands import attempt
from checks.engine.embedded.layout import DEFAULT
from checks.parsing.compose import parse_compose
from checks.parsing.compose.dotenv import parse_dotenv
from checks.parsing.text.problems import ParseError
from tests.oracles import read_table

TABLE = Path(__file__).with_name("compose.yaml")
VERSIONS = ("2.26", "2.40")
NEWEST = VERSIONS[-1]
PROGRAM = "usr/libexec/docker/cli-plugins/docker-compose"
SERVICE = "services:\n  api:\n    image: x\n    "
TIME_LIMIT_S = 60
# Files that a project includes from elsewhere are not looked for: a mutated one may name any place.
OFFLINE = {"COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false", "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false"}


@dataclass(frozen=True)
class Row:
    """One project, the word of each version and of the grader, and that of `docker compose up`."""

    kind: str
    files: Mapping[str, str]
    words: Mapping[str, str]
    up: str

    @property
    def text(self) -> str:
        """Its compose.yaml."""
        return self.files["compose.yaml"]

    @property
    def differs(self) -> bool:
        """Whether the grader says something else than the newest version."""
        return self.words["grader"] != self.words[NEWEST]


def rows() -> Iterator[Row]:
    """All of the table, in its order."""
    for kind in read_table(TABLE):
        for word in ("accepted", "refused"):
            for entry in kind.get(word, ()):
                yield Row(
                    kind["kind"], files(entry), dict.fromkeys((*VERSIONS, "grader"), word), up(entry, word)
                )
        for entry in kind.get("differ", ()):
            said = {version: entry[version] for version in VERSIONS}
            yield Row(
                kind["kind"],
                files(entry),
                {**said, "grader": entry.get("grader", said[NEWEST])},
                up(entry, said[NEWEST]),
            )


def up(entry: str | Mapping[str, Any], word: str) -> str:
    """What `docker compose up` says: what `config` does, where nothing else is written down."""
    return word if isinstance(entry, str) else str(entry.get("up", word))


def files(entry: str | Mapping[str, Any]) -> Mapping[str, str]:
    """The files of a row: compose.yaml, and those beside it."""
    if isinstance(entry, str):
        entry = {"service": entry}
    text = entry["file"] if "file" in entry else SERVICE + entry["service"].replace("\n", "\n    ")
    return {**entry.get("beside", {}), "compose.yaml": text + "\n"}


def graders_refusal(text: str, beside: Mapping[str, str]) -> str:
    """What the grader has against the text, among the files beside it; "" for nothing."""
    present = {path.removeprefix("./") for path in (*beside, "compose.yaml")}
    try:
        variables = parse_dotenv(beside.get(".env", "").encode()).get
        compose = parse_compose(
            text.encode(), "compose.yaml", variables, lambda path: path.removeprefix("./") in present
        )
    except ParseError as error:
        return str(error)
    return compose.problems[0].message if compose.problems else ""


def composes_refusal(program: Path, folder: Path, text: str) -> str:
    """What `docker compose config` has against the text, in the folder of what is beside it; "" for nothing.

    The file is there, too: a service may extend one of the file by its name.
    """
    (folder / "compose.yaml").write_text(text, "utf-8", errors="surrogatepass")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PWD": str(folder), **OFFLINE}
    command = [str(program), "--project-name", "table", "--file", "-", "config", "--quiet"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=TIME_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return "no answer in time"
    lines = done.stderr.decode(errors="replace").strip().splitlines() or ["refused without a word"]
    return lines[-1] if done.returncode else ""


def ups_word(engine: Engine, row: Row, folder: Path) -> str:
    """What `docker compose up` says before it starts anything; whatever it made is gone afterwards."""
    compose: list[str | Path] = [engine.cli, "compose", "--project-name", folder.name, "--file", "-"]
    try:
        done = attempt(
            [*compose, "up", "--no-start", "--pull=never"],
            environment={**engine.environment, "PWD": str(folder), **OFFLINE},
            stdin=row.text.encode(),
            directory=folder,
            time_limit_s=TIME_LIMIT_S,
        )
    finally:
        attempt(
            [*compose, "down", "--volumes", "--remove-orphans"],
            environment={**engine.environment, "PWD": str(folder), **OFFLINE},
            stdin=b"services: {}",
            directory=folder,
        )
    return "refused" if done.returncode else "accepted"


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
