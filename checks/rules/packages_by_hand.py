"""Packages are installed by name beside a lock file.

Poetry installs the versions that `poetry.lock` lists, the same on every machine and every day. The lock file does
not list packages that pip or `poetry add` installs in the build, so the next build may get other versions.

    # bad
    FROM python:3.12-slim
    RUN pip install --no-cache-dir poetry fastapi==0.78.0

    # bad
    FROM python:3.12-slim
    RUN pip install --no-cache-dir poetry
    RUN poetry add fastapi

    # good
    FROM python:3.12-slim
    RUN pip install --no-cache-dir --upgrade pip && pip install --no-cache-dir poetry
    COPY pyproject.toml poetry.lock ./
    RUN poetry install --only main
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import runs_of, variables_at
from checks.parsing.packages.pip import PipCommand, pip_command
from checks.parsing.packages.poetry_command import poetry_command, run_by_poetry
from checks.parsing.shell import Command
from checks.rules.rule import Finding, rule

# Tools of the build, like Poetry.
INSTALLERS = frozenset({"pip", "pipx", "setuptools", "uv", "virtualenv", "wheel"})


@rule(
    Stage, help="Declare it in pyproject.toml (`poetry add` on your machine does) and let Poetry install it."
)
def packages_by_hand(stage: Stage) -> Iterator[Finding]:
    """Yield every `poetry add`, and every package that a `pip install` names, except tools of the build."""
    for run in runs_of(stage):
        for command in run.commands:
            if command.runs:
                yield from _judged(command, run)


def _judged(command: Command, run: Run) -> Iterator[Finding]:
    poetry = poetry_command(command, run)
    if poetry is not None and poetry.adds:
        yield Finding(command.line, f"`{command}` changes the project inside the image")
    pip = pip_command(run_by_poetry(command, run), variables_at(run))
    for name in _named(pip) if pip is not None and pip.installs else ():
        yield Finding(command.line, f"`{command}` installs {name}")


def _named(pip: PipCommand) -> Iterator[str]:
    for requirement in pip.requirements:
        if requirement.name not in INSTALLERS and not requirement.name.startswith("poetry"):
            yield f"`{requirement.raw}`"
    for path in pip.requirement_files:
        yield f"what `{path}` lists"
