"""What a Dockerfile of several stages does in place of what it should do is named, with its line."""

import pytest

from checks.expect import CheckFailed
from checks.expect.environments import environment_used
from checks.expect.ordering import ordered_by_change
from checks.expect.pinning import all_pinned
from checks.expect.stages import is_multi_stage
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage

BUILDER = "FROM python:3.12 AS builder\nRUN python -m venv /v && /v/bin/pip install flask==3.1.2\n"
COPIED = f"{BUILDER}FROM python:3.12\nCOPY --from=builder /v /v\n"


def stage(text: str) -> Stage:
    return parse_dockerfile(f"{text}\n".encode()).final


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("FROM a\nRUN b", "this is the only stage", 1),
        (f"{BUILDER}FROM a\nRUN b", "copies nothing from the others", 3),
        (f"{BUILDER}FROM builder\nRUN b", "begins with all that is in the stage of its FROM", 3),
        (f"{BUILDER}FROM a\nCOPY --from=bulider /v /v", "no stage is called `bulider`", 4),
        (f"{BUILDER}FROM a\nCOPY --from=busybox:1 /v /v", "so Docker takes it for an image", 4),
        (f"{BUILDER}FROM a\n# COPY --from=builder /v /v", "is a comment", 4),
        (f"{BUILDER}FROM a\nCPOY --from=builder /v /v", "did you mean COPY?", 4),
    ],
)
def test_what_is_not_copied(text: str, said: str, line: int) -> None:
    with pytest.raises(CheckFailed) as failed:
        is_multi_stage(stage(text))
    assert said in failed.value.actual
    assert failed.value.line == line


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (f"{COPIED}ENV PATH=$PATH:/v/bin", "has it behind other folders", 5),
        (f"{COPIED}ENV PATH=/opt/bin:/v/bin:$PATH", "has it behind other folders", 5),
        (f"{COPIED}ENV PATH=/opt/bin:$PATH", "does not have it", 5),
        (COPIED, "leaves PATH as it is", 3),
        ("FROM a AS b\nRUN pip install flask\nFROM a\nCOPY --from=b /v /v", "no stage makes one", 3),
    ],
)
def test_an_environment_that_is_not_used(text: str, said: str, line: int) -> None:
    with pytest.raises(CheckFailed) as failed:
        environment_used(stage(text))
    assert said in failed.value.actual
    assert failed.value.line == line


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("flask", "names no exact version"),
        ("flask~=3.1", "a later build may install another one"),
        ("flask==3.1.2; python_version < '3'", "pip never installs it here"),
        ("flask==3.1.2; sys_platform == 'win32'", "pip never installs it here"),
        ("flask==3.1.2; python_version > '3.12'", "is not true for Python 3.12"),
        ("flask @ https://files.example/flask.zip", "names no hash and no commit"),
        ("flask @ git+https://git.example/flask", "names no hash and no commit"),
    ],
)
def test_a_package_that_is_not_pinned(requirement: str, said: str) -> None:
    list_of = {"requirements.txt": f"{requirement}\n".encode()}.get
    text = "FROM python:3.12\nCOPY requirements.txt .\nRUN pip install -r requirements.txt"
    with pytest.raises(CheckFailed) as failed:
        all_pinned(stage(text), list_of, ["flask"])
    assert said in failed.value.actual
    assert failed.value.line == 3


@pytest.mark.parametrize("install", ["pip install flask", "apt-get install -y curl", "npm ci"])
def test_a_version_above_an_install_says_where_it_belongs(install: str) -> None:
    with pytest.raises(CheckFailed, match="every new version installs again") as failed:
        ordered_by_change(stage(f"FROM a\nARG VERSION\nRUN {install}"), (), {"VERSION"})
    assert "Declare it below" in failed.value.help
