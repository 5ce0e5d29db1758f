"""A list of requirements that .dockerignore keeps out has one price: the build, and not its versions."""

from pathlib import Path

import pytest

from checks.engine import Engine
from checks.engine.standins import ensure_base
from checks.evidence.submission.context_files import ContextFiles
from checks.grading.absent_sources import refuse_absent_sources
from checks.grading.lists_kept_out import read_for_versions
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile
from checks.parsing.packages.pip_requirements import requirements_of
from tests.oracles.programs import build_failure

HERE = "COPY . /server/\nWORKDIR /server\n"
BY_NAME = "COPY requirements.txt /\n"
PIP = "pip install -r requirements.txt"


@pytest.fixture
def context(tmp_path: Path) -> ContextFiles:
    (tmp_path / "lists").mkdir()
    for name in ("requirements.txt", "lists/base.txt"):
        (tmp_path / name).write_text("fastapi==1.0\n")
    (tmp_path / "more.in").write_text("fastapi==2.0\n")
    (tmp_path / ".dockerignore").write_text("*.txt\nlists\n")
    return ContextFiles.of(tmp_path)


def read(text: str) -> Dockerfile:
    return parse_dockerfile(f"FROM a\n{text}\n".encode())


KEPT_OUT = pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{BY_NAME}RUN {PIP}", 2),
        (f"{HERE}RUN {PIP}", 4),
        (f"{HERE}RUN pip install -r /server/requirements.txt", 4),
        (f"{HERE}RUN pip install -r lists/base.txt", 4),
        (f"{HERE}RUN set -e; python3 -m venv /v && /v/bin/{PIP}", 4),
        (f"{HERE}RUN mkdir /x\nRUN python -m {PIP}", 5),
        (f"COPY . /\nRUN {PIP}\nFROM a\nCOPY --from=0 /usr/local /usr/local", 3),
        (f"RUN --mount=type=bind,target=/server cd /server && {PIP} -r /server/requirements.txt", 2),
    ],
)


@KEPT_OUT
def test_the_build_is_refused_with_the_line(context: ContextFiles, text: str, line: int) -> None:
    with pytest.raises(CheckFailed, match=r"`\.dockerignore` keeps it out, in line [12]") as failed:
        refuse_absent_sources(read(text), context, "a build", "x/Dockerfile")
    assert failed.value.line == line


@KEPT_OUT
def test_docker_refuses_it_there(context: ContextFiles, engine: Engine, text: str, line: int) -> None:
    base = ensure_base(engine, "python:3.12-slim").name
    refusal = build_failure(engine, context.root, f"FROM a\n{text}\n".replace("FROM a", f"FROM {base}"))
    assert refusal is not None
    assert refusal.line == line


@pytest.mark.parametrize(
    "text",
    [
        f"{HERE}RUN pip install -r more.in",
        f"{HERE}RUN python make_list.py\nRUN {PIP}",
        f"{HERE}RUN poetry export -o requirements.txt && {PIP}",
        f"{HERE}RUN echo fastapi==1.0 > requirements.txt && {PIP}",
        f"{HERE}RUN {PIP} || true",
        f"{HERE}RUN echo {PIP}",
        f"COPY <<EOF /server/requirements.txt\nfastapi==1.0\nEOF\n{HERE}RUN {PIP}",
        f"{HERE}RUN {PIP}\nFROM a",
    ],
)
def test_what_may_build_is_left_to_the_engine(context: ContextFiles, text: str) -> None:
    refuse_absent_sources(read(text), context, "a build", "x/Dockerfile")


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (f"{BY_NAME}RUN {PIP}", ["1.0"]),
        (f"{HERE}RUN {PIP}", ["1.0"]),
        (f"{HERE}RUN pip install -r more.in", ["2.0"]),
        (f"{HERE}RUN echo fastapi==3.0 > requirements.txt && {PIP}", ["3.0"]),
        (f"COPY <<EOF /server/requirements.txt\nfastapi==4.0\nEOF\n{HERE}RUN {PIP}", ["4.0"]),
        (f"{HERE}RUN pip install -r gone.txt", []),
        (f"RUN {PIP}", []),
    ],
)
def test_its_versions_are_read_all_the_same(context: ContextFiles, text: str, versions: list[str]) -> None:
    stage = read(text).final
    asked = requirements_of(stage, read_for_versions(stage, context))
    assert [entry.requirement.version for entry in asked] == versions
