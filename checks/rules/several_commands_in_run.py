"""One `RUN` runs more than one command.

In most images that is just right. Where you want to see which command costs what, it hides the answer: a
layer holds whatever its `RUN` changed, and two commands in one `RUN` share one layer.

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
    """Count simple commands, those inside `sh -c`, pipes and heredocs too."""
    for run in runs_of(stage):
        if (count := len(run.commands)) != 1:
            yield Finding(run.line, f"`{run}` runs {count or 'no'} commands")
