"""A manifest that is copied to another folder than the one that is installed in."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.build_files import is_elsewhere
from checks.parsing.packages.poetry_command import poetry_installs

INSTALL = "RUN poetry install\n"


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("WORKDIR /server\nCOPY pyproject.toml ./\n", False),
        ("COPY pyproject.toml /server/\nWORKDIR /server\n", False),
        ("WORKDIR /server\nCOPY *.toml ./\n", False),
        ("WORKDIR /server\nCOPY . .\n", False),
        ("COPY pyproject.toml /tmp/\nWORKDIR /server\nRUN cp /tmp/pyproject.toml .\n", False),
        ("FROM x AS a\nCOPY pyproject.toml /p/\nFROM x\nCOPY --from=a /p /server\nWORKDIR /server\n", False),
        ("WORKDIR /server\nCOPY --from=image:1 /p ./\n", False),
        (
            "COPY pyproject.toml /server/\nWORKDIR /server/app/deep\n",
            False,
        ),  # Poetry looks in the folders above
        ("COPY pyproject.toml /\nWORKDIR /server\n", False),
        ("COPY pyproject.toml /tmp/\nWORKDIR /server\n", True),
        ("WORKDIR /build\nCOPY pyproject.toml ./\nWORKDIR /server\n", True),
        ("WORKDIR /server\nCOPY pyproject.toml sub/\n", True),
        ("WORKDIR /server\nCOPY pyproject.toml /server/other.toml\n", True),
    ],
)
def test_the_manifest_must_be_beside_the_install(text: str, elsewhere: bool) -> None:  # noqa: FBT001
    stage = parse_dockerfile(f"FROM x\n{text}{INSTALL}".encode()).final
    assert is_elsewhere(stage, stage.runs[-1], "pyproject.toml") == elsewhere


@pytest.mark.parametrize(
    ("install", "elsewhere"),
    [
        ("cd /deps && poetry install", False),
        ("(cd /deps/sub && poetry install)", False),
        ("poetry -C /deps install", False),
        ("poetry install --directory=/deps", False),
        ("poetry install -P ../deps", False),
        ("cd / && poetry -C deps install", False),
        ("cd $(echo /deps) && poetry install", False),
        ("uvx poetry -C /deps install", False),
        ("poetry install", True),
        ("(cd /deps) && poetry install", True),
        ("cd /opt && poetry install", True),
        ("poetry -C /opt install", True),
        ("cd /deps && poetry -C /opt install", True),
        ("true || cd /deps; poetry install", True),
    ],
)
def test_a_manifest_in_deps_is_where_poetry_looks(install: str, *, elsewhere: bool) -> None:
    text = (
        f"FROM x\nCOPY pyproject.toml /deps/\nWORKDIR /server\nRUN {install}\nRUN apt-get install -y curl\n"
    )
    stage = parse_dockerfile(text.encode()).final
    ((run, directory),) = poetry_installs(stage)
    assert is_elsewhere(stage, run, "pyproject.toml", directory) == elsewhere
