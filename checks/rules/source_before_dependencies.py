"""Source is there before the dependencies are installed.

The builder reuses a layer as long as nothing above it has changed. Source changes with every edit, so
everything below it is built again every time: minutes, for a comma. What the install needs is enough (a
requirements file, a lock); the rest comes behind it.

    # bad
    FROM python:3.12-slim
    COPY . .
    RUN pip install -r requirements.txt

    # bad
    FROM python:3.12-slim
    RUN --mount=type=bind,target=/src pip install -r /src/requirements.txt

    # good
    FROM python:3.12-slim
    COPY requirements.txt .
    RUN pip install -r requirements.txt
    COPY . .
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.app_source import source_copies, source_mounts
from checks.parsing.packages.package_steps import installing_runs
from checks.rules.rule import Finding, rule


@rule(Stage, help="Copy what the install needs, install, and only then copy the rest.")
def source_before_dependencies(stage: Stage) -> Iterator[Finding]:
    """Look above the last install for copies of source, and into every install for mounts of it."""
    installs = installing_runs(stage)
    for copy in source_copies(stage.before(installs[-1]) if installs else ()):
        yield Finding(copy.line, f"`{copy}` stands above `{installs[-1]}` (line {installs[-1].line})")
    for run in installs:
        for mount in source_mounts(run):
            yield Finding(run.line, f"`{run}` reads `{mount.source or '.'}` of your folder while it installs")
