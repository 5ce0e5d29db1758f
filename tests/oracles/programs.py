"""The real programs that the grader's readers are held to, and how they are asked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checks.engine import Engine, find
from checks.engine.commands import attempt
from checks.parsing.dockerfile import parse_dockerfile
from tests.oracles import cases

# How a build ends that was read to its end: a step failed, or what it wanted is not there.
_READ = re.compile(
    "did not complete|failed to (?:compute cache|calculate checksum|load cache key|resolve source)|"
    r"lstat \S+: no such|: not found$|pull access|dial tcp|no such host|i/o timeout"
)
_NAMES = re.compile(r'"[^"]*"|`[^`]*`|\'[^\']*\'|\d+|(?<=: )\S+$')


@dataclass(frozen=True, slots=True)
class Oracle:
    """A program and the grader's reader of the same files.

    Either says why it refuses a text, "" when it takes it. `texts` are the recorded files, `differing` those of
    which the two are known to say something else.
    """

    name: str
    grader: Callable[[str], str]
    program: Callable[[str], str]
    texts: Sequence[str]
    differing: Sequence[str]


def skeleton(message: str) -> str:
    """What is said, without names and numbers."""
    return _NAMES.sub("_", message.strip())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program refuses a file, and the line that it names, 0 for none."""

    message: str
    line: int


def build_refusal(engine: Engine, folder: Path, text: str) -> Refusal | None:
    """What `docker build` has against the Dockerfile; None where it was read to its end."""
    command: list[str | Path] = [engine.cli, "buildx", "build", "--builder=default", "--no-cache"]
    command += ["--output=type=cacheonly", "--file=-", folder]
    done = attempt(command, environment=engine.environment, stdin=text.encode())
    said = done.stderr.strip().splitlines() or [""]
    if done.returncode == 0 or _READ.search(said[-1]):
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

    @cache
    def program(text: str) -> str:
        refusal = build_refusal(engine, folder, text)
        return refusal.message if refusal else ""

    def grader(text: str) -> str:
        problems = parse_dockerfile(text.encode()).problems
        return problems[0].message if problems else ""

    texts, differing = [case.text for case in known], [case.text for case in known if case.differs]
    return Oracle("docker build", grader, program, texts, differing)


def oracles(folder: Path) -> Sequence[Oracle]:
    """All of them; what they need is put into `folder`."""
    return (dockerfiles(folder),)
