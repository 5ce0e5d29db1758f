"""apt's package lists stay in the image.

`apt-get update` downloads lists of all available packages: tens of megabytes that are soon out of date and that
no container needs. Delete them in the same `RUN`, after the last install, so that its layer does not hold them.
A later `RUN` only hides them.

    # bad
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3

    # bad
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3
    RUN rm -rf /var/lib/apt/lists/*

    # good
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3 && rm -rf /var/lib/apt/lists/*
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.apt import LISTS
from checks.parsing.packages.deletions import is_cleared
from checks.parsing.packages.package_steps import AptStep, apt_steps_of, runs_of
from checks.rules.rule import Finding, rule


@rule(Stage, help=f"End that RUN with `&& rm -rf {LISTS}/*`.")
def apt_lists_left_behind(stage: Stage) -> Iterator[Finding]:
    """Yield RUNs that fetch the lists and do not delete them after the last call of apt."""
    for run in runs_of(stage):
        steps = [step for step in apt_steps_of(run) if step.leaves_lists or _installs(step)]
        if any(step.leaves_lists for step in steps) and not is_cleared(run, LISTS, steps[-1].command):
            last = steps[-1].command
            yield Finding(steps[-1].line, f"nothing removes the package lists behind `{last}` in this RUN")


def _installs(step: AptStep) -> bool:
    return step.apt is not None and step.apt.installs
