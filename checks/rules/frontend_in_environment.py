"""`DEBIAN_FRONTEND` is set with `ENV`.

An `ENV` stays: every container, and every image built on this one, would run apt without its questions, also
where a person wants to be asked. It matters during the build alone, so it belongs into an `ARG`.

    # bad
    FROM ubuntu:20.04
    ENV DEBIAN_FRONTEND=noninteractive
    RUN apt-get update

    # good
    FROM ubuntu:20.04
    ARG DEBIAN_FRONTEND=noninteractive
    RUN apt-get update
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.instructions import Env
from checks.parsing.dockerfile.stages import Stage
from checks.rules.rule import Finding, rule


@rule(Stage, help="Use ARG: it is gone when the build is over.")
def frontend_in_environment(stage: Stage) -> Iterator[Finding]:
    """Look at every ENV that the stage is made of, inherited ones too."""
    for instruction in stage.lineage:
        if isinstance(instruction, Env) and "DEBIAN_FRONTEND" in dict(instruction.variables):
            yield Finding(instruction.line, f"`{instruction}` outlives the build")
