"""A manifest that is copied to another folder than the one that is installed in."""

import pytest

from checks.parsing.copies import is_elsewhere
from checks.parsing.dockerfile import parse_dockerfile

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
        ("COPY pyproject.toml /tmp/\nWORKDIR /server\n", True),
        ("COPY pyproject.toml ./\nWORKDIR /server\n", True),
        ("WORKDIR /server\nCOPY pyproject.toml sub/\n", True),
        ("WORKDIR /server\nCOPY pyproject.toml /server/other.toml\n", True),
    ],
)
def test_the_manifest_must_be_beside_the_install(text: str, elsewhere: bool) -> None:  # noqa: FBT001
    stage = parse_dockerfile(f"FROM x\n{text}{INSTALL}".encode()).final
    assert is_elsewhere(stage, stage.runs[-1], "pyproject.toml") == elsewhere
