"""Which calls of Poetry install what."""

import pytest

from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.packages.poetry_command import PoetryCommand, after_poetry_run, poetry_commands


def calls(script: str, above: str = "") -> tuple[PoetryCommand, ...]:
    """What a RUN of this script has Poetry do."""
    text = f"FROM python:3.8.12\n{above}\nRUN {script}\n"
    return poetry_commands(parse_dockerfile(text.encode()).final)


@pytest.mark.parametrize(
    "script",
    [
        "poetry install --no-dev",
        "poetry install --only main",
        "poetry install --only=main --no-root",
        "poetry install --without dev",
        "poetry install --without docs,dev",
        "poetry install --without docs --without=dev",
        "poetry install --with dev --without dev",
        "poetry install --only main --with dev",
        "poetry sync --only main",
        "poetry -n --no-ansi install --sync --without dev",
        "poetry -C /server install --only main",
        "poetry --directory=/server install --only main",
        "python -m poetry install --only main",
        "/root/.local/bin/poetry install --without Dev",
        "poetry config virtualenvs.create false && poetry install --only main",
    ],
)
def test_an_install_without_the_group(script: str) -> None:
    (install,) = (call for call in calls(script) if call.installs)
    assert not install.takes("dev")


@pytest.mark.parametrize(
    "script",
    [
        "poetry install",
        "poetry install --no-root",
        "poetry install --with dev",
        "poetry install --only main,dev",
        "poetry install --only dev",
        "poetry install --without docs",
        "poetry install --all-groups",
        "poetry sync",
        "echo --only main; poetry install",
    ],
)
def test_an_install_with_the_group(script: str) -> None:
    (install,) = (call for call in calls(script) if call.installs)
    assert install.takes("dev")


@pytest.mark.parametrize("above", ["ENV POETRY_WITHOUT=dev", "ENV POETRY_NO_DEV=1"])
def test_no_variable_leaves_a_group_out(above: str) -> None:
    (install,) = calls("poetry install", above)
    assert install.takes("dev")


def test_variables_are_expanded() -> None:
    (install,) = calls(
        '"$POETRY" install $OPTIONS', "ENV POETRY=/opt/poetry/bin/poetry OPTIONS='--only main'"
    )
    assert install.installs
    assert not install.takes("dev")


@pytest.mark.parametrize(
    "script",
    [
        "poetry install --dry-run",
        "poetry install --only-root",
        "poetry install --help",
        "poetry lock",
        "poetry config installer.parallel false",
        "poetry add fastapi",
        "echo poetry install",
        "true || poetry install",
        "pip install poetry",
        "poetry export -f requirements.txt -o requirements.txt",
    ],
)
def test_what_installs_nothing_from_the_lock(script: str) -> None:
    assert not any(call.installs for call in calls(script))


def test_add_installs_what_it_names() -> None:
    (call,) = calls("poetry add fastapi==0.78.0")
    assert call.adds
    (call,) = calls("poetry add --lock fastapi==0.78.0")
    assert not call.adds


@pytest.mark.parametrize(
    ("argv", "rest"),
    [
        (["poetry", "run"], []),
        (["poetry", "run", "uvicorn", "app.main:app"], ["uvicorn", "app.main:app"]),
        (["/usr/local/bin/poetry", "--no-ansi", "run", "uvicorn"], ["uvicorn"]),
        (["python3.8", "-m", "poetry", "run"], []),
        (["python", "-mpoetry", "run", "x"], ["x"]),
        (["poetry"], None),
        (["poetry", "shell"], None),
        (["poetry", "install", "run"], None),
        (["poetry-run", "run"], None),
        (["uvicorn", "run"], None),
        (["/bin/sh", "-c", "poetry run"], None),
        ([], None),
    ],
)
def test_what_poetry_run_runs(argv: list[str], rest: list[str] | None) -> None:
    assert after_poetry_run(argv) == rest
