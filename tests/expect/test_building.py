"""A build that makes an image without the app is no success."""

import pytest

from checks.evidence.built import Built
from checks.expect.building import made_of
from checks.expect.failure import CheckFailed
from checks.parsing.dockerfile import parse_dockerfile

BUILT = Built("image", (), ("sha256:base", "sha256:own"), ("sha256:base",))
BUILDER = "FROM a AS builder\nCOPY . /src\n"


def judge(text: str) -> None:
    made_of(BUILT, parse_dockerfile(text.encode()).final, "app/main.py")


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nCOPY . .",
        "FROM a\nCOPY app ./app",
        "FROM a\nCOPY app/main.py /server/main.py",
        "FROM a\nCOPY a* /server/",
        "FROM a\nADD ./app/ /server/app/",
        "FROM a\nCOPY app/*.py /server/",
        "FROM a\nRUN --mount=type=bind,target=/src cp -r /src/app /server",
        f"{BUILDER}FROM a\nCOPY --from=builder /src /server",
        f"{BUILDER}FROM builder\nRUN true",
        f"{BUILDER}FROM a\nRUN --mount=from=builder,target=/b cp -r /b/src /server",
    ],
)
def test_the_app_is_brought(text: str) -> None:
    judge(text)


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN true",
        "FROM a\nWORKDIR /server",
        "FROM a\nCOPY answers.yaml /",
        "FROM a\nCOPY requirements.txt ./",
        "FROM a\nCOPY <<E /server/app/main.py\napp\nE",
        "FROM a\nCOPY application /",
        "FROM a\nCOPY --from=b /app /app",
        f"{BUILDER}FROM a\nRUN true",
    ],
)
def test_it_is_not(text: str) -> None:
    with pytest.raises(CheckFailed, match=r"nothing brings `app/main\.py`"):
        judge(text)
