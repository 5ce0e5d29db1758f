"""What a COPY writes of a heredoc: a table, asked of the grader and of the engine."""

from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.commands import attempt
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.instructions import CopyOrAdd
from tests.oracles.programs import buildx

# How it opens, its lines, and what is in the file.
ROWS = [
    ("<<E", "pip install $V", "pip install 1"),
    ("<<E", "${V} ${X:-y} [$X] $@ $(id)", "1 y []  $(id)"),
    ("<<E", r"\$V \\ \a \" '$V'", "$V \\ a \" '1'"),
    ("<<E", "a\\\nb", "a\nb"),
    ("<<E", r"\\$V", r"\1"),
    ("<<'E'", r"$V \$V \\", r"$V \$V \\"),
    ('<<"E"', "$@", "$@"),
    ("<<-E", "\ta\n\t\tb", "a\nb"),
    ("<<-'E'", "\t$V", "$V"),
]
TABLE = pytest.mark.parametrize(("opener", "lines", "written"), ROWS)


def dockerfile(opener: str, lines: str) -> str:
    return f"FROM scratch\nARG V=1\nCOPY {opener} /file\n{lines}\nE\n"


@TABLE
def test_the_grader_knows_the_file(opener: str, lines: str, written: str) -> None:
    *_, copy = parse_dockerfile(dockerfile(opener, lines).encode()).final.instructions
    assert isinstance(copy, CopyOrAdd)
    assert copy.written == {"/file": f"{written}\n"}


@TABLE
def test_the_engine_writes_it(opener: str, lines: str, written: str, engine: Engine, tmp_path: Path) -> None:
    command = [*buildx(engine), "build", "--builder=default", f"--output=type=local,dest={tmp_path / 'out'}"]
    done = attempt(
        [*command, "--file=-", tmp_path],
        environment=engine.environment,
        stdin=dockerfile(opener, lines).encode(),
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "file").read_text() == f"{written}\n"
