"""The real programs that the grader's readers are held to, and how they are asked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from checks.engine import Engine, find
from checks.engine.commands import attempt
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from tests.oracles import cases, projects
from tests.oracles.accidents import OF_TEXT, Accident, without_lines
from tests.oracles.trees import OF_TREE, without_parts

PROJECTS_OWN = frozenset({"compose.yaml", ".env"})
REMEMBERED = 10_000  # answers of a program

# How a build ends that was read to its end: a step failed, or what it wanted is not there, or no network has it.
_READ = re.compile(
    "did not complete|failed to (?:compute cache|calculate checksum|load cache key)|"
    r'lstat \S+: no such|: not found$|failed to solve: (?:Get|Head) "|invalid response status|'
    r": exit status 128$"  # git found no such repository
)
# How one ends that was not: BuildKit fetches all images that the file names before it looks any further.
_UNFETCHED = "failed to resolve source metadata"
_NAMES = re.compile(r'"[^"]*"|`[^`]*`|\'[^\']*\'|\d+|(?<=: )\S+$')


@dataclass(frozen=True, slots=True)
class Oracle:
    """A program and the grader's reader of the same files.

    Either says why it refuses a text, "" when it takes it; the program may have no answer, None. `texts` are the
    recorded files, `differing` those of which the two are known to say something else; `accidents` are what happens
    to them, and `smaller` gives what is left of one without one of its parts.
    """

    name: str
    grader: Callable[[str], str]
    program: Callable[[str], str | None]
    texts: Sequence[str]
    differing: Sequence[str]
    accidents: Sequence[Accident] = OF_TEXT
    smaller: Callable[[str], Iterable[str]] = without_lines


def skeleton(message: str) -> str:
    """What is said, without names and numbers."""
    return _NAMES.sub("_", message.strip())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program refuses a file, and the line that it names, 0 for none."""

    message: str
    line: int

    @property
    def is_answer(self) -> bool:
        """Whether it says something of the file, and not of an image that no machine has."""
        return _UNFETCHED not in self.message


def buildx(engine: Engine) -> list[str | Path]:
    """The plugin by itself where it is the embedded engine's: `docker` starts it three times for each build."""
    plugin = engine.directory and engine.directory / "config/cli-plugins/docker-buildx"
    return [plugin] if plugin and plugin.exists() else [engine.cli, "buildx"]


def build_refusal(engine: Engine, folder: Path, text: str) -> Refusal | None:
    """What `docker build` has against the Dockerfile; None where it was read to its end, or no image was found."""
    refusal = build_failure(engine, folder, text)
    return refusal if refusal and refusal.is_answer and not _READ.search(refusal.message) else None


def build_failure(engine: Engine, folder: Path, text: str) -> Refusal | None:
    """How `docker build` fails; None where it does not."""
    command = [*buildx(engine), "build", "--builder=default", "--no-cache"]
    command += ["--output=type=cacheonly", "--file=-", folder]
    done = attempt(command, environment=engine.environment, stdin=text.encode())
    said = done.stderr.strip().splitlines() or [""]
    if done.returncode == 0:
        return None
    line = re.search(r"^Dockerfile:(\d+)$|parse error on line (\d+)", done.stderr, re.MULTILINE)
    return Refusal(said[-1], int(line[1] or line[2]) if line else 0)


def fill_context(folder: Path) -> None:
    """The files that the Dockerfiles of the table copy."""
    for name in ("a", "b.txt", "app"):
        (folder / name).touch()


def dockerfiles(folder: Path) -> Oracle:
    """`docker build`, of the engine at hand."""
    engine = find("auto")
    fill_context(folder)
    known = tuple(cases())

    @lru_cache(REMEMBERED)
    def program(text: str) -> str | None:
        failure = build_failure(engine, folder, text)
        if failure is None or _READ.search(failure.message):
            return ""
        return failure.message if failure.is_answer else None

    def grader(text: str) -> str:
        problems = parse_dockerfile(text.encode()).problems
        return problems[0].message if problems else ""

    texts, differing = [case.text for case in known], [case.text for case in known if case.differs]
    return Oracle("docker build", grader, program, texts, differing)


def composes(folder: Path) -> Oracle:
    """`docker compose config` of the newest version beside the project, in a folder that has every row's files."""
    known = tuple(projects.rows())
    beside = {path: text for row in known for path, text in row.files.items() if path not in PROJECTS_OWN}
    for path, text in beside.items():
        (folder / path).write_text(text)
    found = projects.programs()
    newest = found[max(found, key=lambda version: [int(number) for number in version.split(".")])]

    @lru_cache(REMEMBERED)
    def program(text: str) -> str:
        return projects.composes_refusal(newest, folder, text)

    return Oracle(
        "docker compose config",
        lambda text: projects.graders_refusal(text, beside),
        program,
        [row.text for row in known],
        [row.text for row in known if row.differs],
        (*OF_TREE, *OF_TEXT),
        without_parts,
    )


PROGRAMS = {"dockerfiles": dockerfiles, "compose": composes}
NAMES = tuple(PROGRAMS)


def oracles(folder: Path, only: str | None = None) -> Sequence[Oracle]:
    """All of them, or one; each has a folder of its own in `folder`."""
    names = (only,) if only else NAMES
    for name in names:
        (folder / name).mkdir()
    return [PROGRAMS[name](folder / name) for name in names]
