"""`poetry install` installs the development group too.

The people who write the service need test runners and linters; the container that runs it does not. They make
the image larger, and every additional package can be attacked.

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

GROUP = "dev"  # its name in `poetry new` and in all of Poetry's documentation


@rule(Stage, help="Say `--only main` or `--without dev` (Poetry 1 knows `--no-dev` too).")
def development_packages(stage: Stage) -> Iterator[Finding]:
    """Yield every `poetry install` or `poetry sync` that includes the group."""
    for command in poetry_commands(stage):
        if command.installs and command.takes(GROUP):
            yield Finding(command.line, f"`{command.command}` installs the group `{GROUP}` too")
