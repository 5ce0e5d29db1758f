"""`poetry install` takes the development group along.

Test runners and linters are for the people who write the service, not for the machine that runs it: they make
the image larger, and each package more is one more that can be attacked.

    # bad
    FROM python:3.12-slim
    COPY pyproject.toml poetry.lock ./
    RUN poetry install --no-root

    # bad
    FROM python:3.12-slim
    COPY pyproject.toml poetry.lock ./
    RUN poetry sync --only main,dev

    # good
    FROM python:3.12-slim
    COPY pyproject.toml poetry.lock ./
    RUN poetry install --only main --no-root
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.poetry_command import poetry_commands
from checks.rules.rule import Finding, rule

GROUP = "dev"  # the name that `poetry new` and all of Poetry's documentation give it


@rule(Stage, help="Say `--only main` or `--without dev` (Poetry 1 knows `--no-dev` too).")
def development_packages(stage: Stage) -> Iterator[Finding]:
    """Ask every install whether it takes the group."""
    for command in poetry_commands(stage):
        if command.installs and command.takes(GROUP):
            yield Finding(command.line, f"`{command.command}` installs the group `{GROUP}` too")
