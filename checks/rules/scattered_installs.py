"""A second `RUN` installs packages.

Each `RUN` is a layer of its own, and each has to clean up after itself: what an earlier one left behind, a
later one can hide but not take away. Packages that are needed together are installed together.

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
    """Every RUN that installs behind the first one is one too many."""
    first, *others = installing_runs(stage) or [None]
    for run in others:
        if run and first:
            yield Finding(run.line, f"`{run}` installs again, behind line {first.line}")
