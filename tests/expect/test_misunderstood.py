"""What is there and does nothing is named, never called absent."""

import pytest

from checks.expect import CheckFailed, exposes, serves, unbuffered
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.stages import Stage


def stage(text: str) -> Stage:
    return parse_dockerfile(f"FROM x\n{text}\n".encode()).final


@pytest.mark.parametrize(
    "text",
    [
        "EXPOSE ${APP_PORT}", "EXPOSE $A $B", "EXPOSE 8000 # api", 'EXPOSE ["8000"]', "EXPOS 8000", "EXPOSED 8000",
        "EXPOSE http",
    ],
)  # fmt: skip
def test_a_port_that_is_not_exposed_is_named(text: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        exposes(stage(text), 8000)
    assert text in failed.value.actual
    assert failed.value.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "ENV A 1 \\\n  PYTHONUNBUFFERED=1",
        "ENV A 1 PYTHONUNBUFFERED=1",
        "ENVI PYTHONUNBUFFERED=1",
        "ENV PYTHONUNBUFFERED",
    ],
)
def test_a_variable_that_is_not_set_is_named(text: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        unbuffered(stage(text))
    assert "PYTHONUNBUFFERED" in failed.value.actual
    assert failed.value.line == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ('["app.main:app", "--host 0.0.0.0"]', "--host 0.0.0.0"),
        ('["uvicorn", "app.main:app", "--port 8000"]', "--port 8000"),
        ('["--host  0.0.0.0", "app.main:app"]', "--host  0.0.0.0"),
        ('["python", "main.py"]', "begins with `python`"),
        ('["gunicorn", "app.main:app"]', "begins with `gunicorn`"),
    ],
)
def test_words_of_a_command_are_named(argv: str, said: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        serves(stage(f"CMD {argv}"), "app.main:app", "0.0.0.0", 8000)
    assert said in failed.value.actual


def test_what_is_not_there_is_still_not_there() -> None:
    with pytest.raises(CheckFailed, match="there is none"):
        exposes(stage("ENV A=1"), 8000)
