"""One `RUN` runs more than one command.

In most images that is right. But it hides how much each command adds to the image: a layer holds all changes
of its `RUN`, so two commands in one `RUN` share one layer.

    # bad
    FROM ubuntu:20.04
    RUN apt-get update && apt-get install -y python3

    # good
    FROM ubuntu:20.04
    RUN apt-get update
    RUN apt-get install -y python3
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import runs_of
from checks.rules.rule import Finding, rule


@rule(Stage, help="Give every command a RUN of its own.")
def several_commands_in_run(stage: Stage) -> Iterator[Finding]:
    """Yield every RUN without exactly one simple command; those in `sh -c`, pipes and heredocs count too."""
    for run in runs_of(stage):
        if (count := len(run.commands)) != 1:
            yield Finding(run.line, f"`{run}` runs {count or 'no'} commands")
