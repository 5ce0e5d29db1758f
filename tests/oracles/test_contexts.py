"""Whether a build finds what its Dockerfile takes from the context: a table for the grader and the engine."""

from pathlib import Path

import pytest

from checks.engine import Engine
from checks.evidence.submission.context_files import ContextFiles
from checks.grading.absent_sources import refuse_absent_sources
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from tests.oracles.programs import build_failure

FILES = ("requirements.txt", "app/main.py", "app/inner/deep.py", "models/model.pkl", "[odd].txt")
BUILDER = "FROM scratch AS b\nCOPY gone /\n"
NO_PROGRAM = (
    "did not complete"  # all that the RUN took is there, and its program is not in an image made of nothing
)

# What .dockerignore says, what the Dockerfile does, whether the build finds it.
ROWS = [
    ("", "COPY requirements.txt /", True),
    ("", "COPY requirement.txt /", False),
    ("", "COPY Requirements.txt /", False),
    ("", "COPY ./requirements.txt app/ /x/", True),
    ("", "COPY requirements.txt gone.txt /x/", False),
    ("", "COPY ../requirements.txt /", True),
    ("", "COPY app/../requirements.txt /", True),
    ("", "COPY app/gone/../main.py /", True),
    ("", "COPY /app /app", True),
    ("", "COPY app/main.py/ /", True),
    ("", "COPY empty /", True),
    ("", "COPY gone*.txt /x/", True),
    ("", "COPY gone?txt requirements.txt /x/", True),
    ("", "COPY [[]odd].txt /x/", True),
    ("", "COPY <<E /x\ngone\nE", True),
    ("", "ADD requirements.txt /", True),
    ("", "ADD gone.tar.gz /", False),
    ("", "ADD HTTP://127.0.0.1:9/x /", False),
    ("", "ADD ftp://127.0.0.1/x.git /", False),
    ("", "ADD github.com/owner/name /", False),
    ("", "ADD m.e@127.0.0.1:x.git /", False),
    ("", "ARG X=gone\nCOPY $X /", False),
    ("", "ARG X\nCOPY $X /x/", True),
    ("requirements.txt", "COPY requirements.txt /", False),
    ("*.txt", "COPY requirements.txt /", False),
    ("*.txt\n!requirements.txt", "COPY requirements.txt /", True),
    ("!requirements.txt\n*.txt", "COPY requirements.txt /", False),
    ("**", "COPY requirements.txt /", False),
    ("*\n!app", "COPY app /app", True),
    ("*\n!app/main.py", "COPY app /app", True),
    ("*\n!app/main.py", "COPY app/main.py /app", True),
    ("*\n!app/main.py", "COPY app/inner /app", False),
    ("*\n!app", "COPY requirements.txt app /x/", False),
    ("app/*", "COPY app /app", True),
    ("app", "COPY app/main.py /app", False),
    ("app/", "COPY app /app", False),
    ("models", "COPY . /", True),
    ("*", "COPY . /", True),
    ("*", "COPY ./ /x/", True),
    ("models/model.pkl", "COPY models /x/", True),
    ("empty", "COPY empty /x/", False),
    ("requirements.txt", "COPY requirements*.txt /x/", True),
    ("# requirements.txt", "COPY requirements.txt /", True),
    ("", 'RUN --mount=source=requirements.txt,target=/x ["/x"]', True),
    ("", 'RUN --mount=type=bind,source=app/../app,target=/x ["/x"]', True),
    ("*", 'RUN --mount=target=/x ["/x"]', True),
    ("", 'RUN --mount=type=bind,source=gone,target=/x ["/x"]', False),
    ("*.txt", 'RUN --mount=source=requirements.txt,target=/x ["/x"]', False),
]
TABLE = pytest.mark.parametrize(
    ("ignored", "text", "found"), [(a, f"FROM scratch\n{b}\n", c) for a, b, c in ROWS]
)
STAGES = [
    ("", f"{BUILDER}FROM scratch\nCOPY requirements.txt /\n", True),
    ("", f"{BUILDER}FROM scratch\nCOPY --from=b /x /\n", False),
    ("", "FROM scratch AS b\nCOPY app /gone\nFROM scratch\nCOPY --from=b /gone /\n", True),
    ("app", "FROM scratch AS b\nCOPY app /gone\nFROM b\n", False),
]
OF_STAGES = pytest.mark.parametrize(("ignored", "text", "found"), STAGES)


@pytest.fixture
def context(tmp_path: Path, ignored: str) -> Path:
    """A folder with these files."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "empty").mkdir()
    (tmp_path / ".dockerignore").write_text(ignored)
    return tmp_path


@TABLE
def test_the_grader_says_so(context: Path, text: str, *, found: bool) -> None:
    assert _is_found(context, text) is found


@OF_STAGES
def test_a_stage_counts_if_it_is_needed(context: Path, text: str, *, found: bool) -> None:
    assert _is_found(context, text) is found


@TABLE
def test_the_engine_says_so(context: Path, text: str, engine: Engine, *, found: bool) -> None:
    failure = build_failure(engine, context, text)
    assert (failure is None or NO_PROGRAM in failure.message) is found


@OF_STAGES
def test_the_engine_says_so_of_stages(context: Path, text: str, engine: Engine, *, found: bool) -> None:
    assert (build_failure(engine, context, text) is None) is found


def _is_found(context: Path, text: str) -> bool:
    try:
        refuse_absent_sources(
            parse_dockerfile(text.encode()), ContextFiles.of(context), "a build", "x/Dockerfile"
        )
    except CheckFailed:
        return False
    return True
