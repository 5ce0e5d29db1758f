"""`DEBIAN_FRONTEND` is set with `ENV`.

An `ENV` stays in the image: apt would ask no questions in any container, or in any image built on this one, even
if a person wants to answer them. Only the build needs the variable, so set it with `ARG`.

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
    """Yield every ENV that sets it in the lineage of the stage."""
    for instruction in stage.lineage:
        if isinstance(instruction, Env) and "DEBIAN_FRONTEND" in dict(instruction.variables):
            yield Finding(instruction.line, f"`{instruction}` outlives the build")
