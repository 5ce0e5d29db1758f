"""What is in another stage is not told as if there were none."""

from collections.abc import Callable

import pytest

from checks.expect.poetry import nothing_by_hand, only_main_installed, poetry_installed_lean
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import Dockerfile, parse_dockerfile

ABOVE = "FROM python:3.8.12 AS tools\nRUN pip install --no-cache-dir poetry\nRUN poetry install --only main\n"


@pytest.mark.parametrize(
    ("judge", "line"), [(poetry_installed_lean, 2), (only_main_installed, 3), (nothing_by_hand, 2)]
)
@pytest.mark.parametrize("below", ["", "COPY --from=tools /opt /opt\n", "RUN echo poetry install\n"])
def test_it_names_the_stage_that_has_it(judge: Callable[[Dockerfile], None], line: int, below: str) -> None:
    with pytest.raises(CheckFailed, match=rf"in line {line}, .* another stage \(`tools`\)") as failed:
        judge(parse_dockerfile(f"{ABOVE}FROM python:3.8.12-slim\n{below}".encode()))
    assert failed.value.line == line


@pytest.mark.parametrize("judge", [poetry_installed_lean, only_main_installed, nothing_by_hand])
def test_it_is_there_when_from_names_that_stage(judge: Callable[[Dockerfile], None]) -> None:
    judge(parse_dockerfile(f"{ABOVE}FROM tools\nCOPY . .\n".encode()))
