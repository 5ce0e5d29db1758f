"""Source is there before the dependencies are installed.

The builder reuses a layer as long as nothing above it changes. Source changes with every edit, so everything
below it is rebuilt every time: minutes, for a comma. Copy only the files that the install needs (a requirements
file, a lock) before it, and the rest after it.

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
    """Yield copies of source above the last install, and installs that mount source."""
    installs = installing_runs(stage)
    for copy in source_copies(stage.before(installs[-1]) if installs else ()):
        yield Finding(copy.line, f"`{copy}` stands above `{installs[-1]}` (line {installs[-1].line})")
    for run in installs:
        for mount in source_mounts(run):
            yield Finding(run.line, f"`{run}` reads `{mount.source or '.'}` of your folder while it installs")
