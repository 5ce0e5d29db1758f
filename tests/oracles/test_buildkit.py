"""The parser against the BuildKit of a real engine: what the one refuses, the other refuses, on the same line.

A build for a target that does not exist reads the whole file and runs nothing of it: BuildKit either refuses the
file, with a line, or says that there is no such target.
"""

import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from checks.engine import Engine
from checks.engine.commands import attempt
from checks.lab import ROOT
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.text.problems import ParseError
from tests.oracles.programs import buildx

CORPUS = sorted((ROOT / "tests" / "parsing" / "corpus").glob("*.dockerfile"))
# Newer frontends read these as we do; that of Engine 26.1 does not know `# check=`, nor `<< EOF` with a blank,
# and would have to pull the frontend that `# syntax=` names.
NEWER = {"check_before_escape", "heredoc_spaced", "syntax_before_escape"}
# Here the newest are wrong about the shell: to Engine 28.5 this shift of bits is a heredoc without an end.
OLDER = {"shift_is_none"}
PIECES = (
    "--from=x", "--chown=", "--mount=type=cache,target=/x", "<<EOF", "EOF", "\\", "${A:-b}", "$", '"', "'", '["a"',
    '["a"]', "AS", "#", "ENV A=1", "ARG", "COPY", "\t", "HEALTHCHECK NONE", "ONBUILD", "USER", "EXPOSE 80/foo",
    "LABEL a", "VOLUME", "FROM", "FROM scratch", "SHELL []", "STOPSIGNAL", "=", "ADD a b", "RUN --network=foo x",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the file is taken, and if not, at which line it is refused."""

    taken: bool
    line: int | None = None


def test_the_corpus_is_taken_and_refused_alike(engine: Engine, tmp_path: Path) -> None:
    files = [file for file in CORPUS if file.stem not in NEWER | OLDER]
    verdicts = buildkits(engine, [file.read_bytes() for file in files], tmp_path)
    differing = {
        file.name: (ours(file.read_bytes()), verdict)
        for file, verdict in zip(files, verdicts, strict=True)
        if ours(file.read_bytes()) != verdict
    }
    assert differing == {}


def test_what_buildkit_refuses_is_refused_after_any_damage(engine: Engine, tmp_path: Path) -> None:
    """Not the other way round: a wrong name of an image is found by us at once, by BuildKit when it is used."""
    files = list(damaged(random.Random(20), 80))
    verdicts = buildkits(engine, files, tmp_path)
    assert any(not verdict.taken for verdict in verdicts)
    overlooked = [
        file for file, verdict in zip(files, verdicts, strict=True) if not verdict.taken and ours(file).taken
    ]
    assert overlooked == []


def ours(data: bytes) -> Verdict:
    try:
        problems = parse_dockerfile(data).problems
    except ParseError as error:
        return Verdict(taken=False, line=error.line)
    return Verdict(taken=False, line=problems[0].line) if problems else Verdict(taken=True)


def buildkits(engine: Engine, files: list[bytes], room: Path) -> list[Verdict]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda pair: buildkit(engine, pair[1], room / str(pair[0])), enumerate(files)))


def buildkit(engine: Engine, data: bytes, folder: Path) -> Verdict:
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(data)
    command = [*buildx(engine), "build", "--builder=default", "--target=no-such-target", folder]
    said = attempt(command, environment=engine.environment).stderr
    if "could not be found" in said:
        return Verdict(taken=True)
    line = re.search(r"^Dockerfile:(\d+)$", said, re.MULTILINE)
    return Verdict(taken=False, line=int(line[1]) if line else None)


def damaged(chance: random.Random, count: int) -> Iterator[bytes]:
    """Files of the corpus with lines added, dropped and broken."""
    texts = [
        file.read_text(errors="replace").splitlines() for file in CORPUS if file.stem not in NEWER | OLDER
    ]
    for _ in range(count):
        lines = list(chance.choice(texts))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(lines) + 1)
            match chance.randrange(3):
                case 0:
                    lines.insert(at, f"{chance.choice(PIECES)} {chance.choice(PIECES)}")
                case 1 if lines:
                    lines.pop(at % len(lines))
                case _ if lines:
                    line = lines[at % len(lines)]
                    cut = chance.randrange(len(line) + 1)
                    lines[at % len(lines)] = f"{line[:cut]}{chance.choice(PIECES)}{line[cut:]}"
        yield "\n".join(lines).encode()
