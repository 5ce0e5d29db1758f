"""Whether an instruction may bring a file of the build context."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.build_files import brings


def may_bring(line: str, file: str = "poetry.lock") -> bool:
    text = f"FROM scratch AS other\nFROM scratch\n{line}\n"
    dockerfile = parse_dockerfile(text.encode())
    assert dockerfile.problems == ()
    (instruction,) = dockerfile.final.instructions
    return brings(instruction, file)


@pytest.mark.parametrize(
    "line",
    [
        "COPY poetry.lock .",
        "COPY ./poetry.lock /server/",
        "COPY pyproject.toml poetry.lock ./",
        "COPY . .",
        "COPY ./ /server",
        "ADD / /server",
        "COPY *.lock ./",
        "COPY poetry.lock* ./",
        "COPY p* ./",
        'COPY ["poetry.lock", "/a b/"]',
        "COPY --from=other /poetry.lock .",
        "RUN --mount=type=bind,source=poetry.lock,target=/poetry.lock true",
        "RUN --mount=type=bind,target=/src true",
        "RUN --mount=type=bind,from=other,target=/src true",
    ],
)
def test_it_may(line: str) -> None:
    assert may_bring(line)


@pytest.mark.parametrize(
    "line",
    [
        "COPY pyproject.toml .",
        "COPY app ./app",
        "COPY requirements/poetry.lock .",
        "COPY *.toml ./",
        "RUN cat poetry.lock",
        "RUN --mount=type=cache,target=/root/.cache true",
        "RUN --mount=type=bind,source=pyproject.toml,target=/pyproject.toml true",
        "WORKDIR /poetry.lock",
        "COPY <<poetry.lock /\npoetry.lock",
    ],
)
def test_it_does_not(line: str) -> None:
    assert not may_bring(line)
