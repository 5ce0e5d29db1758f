"""A second `RUN` installs packages.

Each `RUN` makes a layer and has to clean up after itself: a later one can hide files that an earlier one left,
but cannot remove them. Install packages together that you need together.

    # bad
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3-pip
    RUN pip3 install flask==3.0.3

    # good
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3-pip && pip3 install flask==3.0.3
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import installing_runs
from checks.rules.rule import Finding, rule


@rule(Stage, help="Join them with && into one RUN, one command a line.")
def scattered_installs(stage: Stage) -> Iterator[Finding]:
    """Yield every RUN that installs packages after the first one that does."""
    first, *others = installing_runs(stage) or [None]
    for run in others:
        if run and first:
            yield Finding(run.line, f"`{run}` installs again, behind line {first.line}")
