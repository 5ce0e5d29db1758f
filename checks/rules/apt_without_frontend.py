"""apt runs without `ARG DEBIAN_FRONTEND=noninteractive` in force.

Some packages ask questions during their installation. A build cannot answer them, so it would wait for ever.
An `ARG` takes effect from its line on, in its own stage.

    # bad
    FROM ubuntu:20.04
    RUN apt-get update
    ARG DEBIAN_FRONTEND=noninteractive

    # good
    FROM ubuntu:20.04
    ARG DEBIAN_FRONTEND=noninteractive
    RUN apt-get update
"""

from collections.abc import Iterator

from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import AptStep, apt_steps
from checks.rules.rule import Finding, rule

NAME, WANTED = "DEBIAN_FRONTEND", "noninteractive"


@rule(Stage, help="Put `ARG DEBIAN_FRONTEND=noninteractive` behind FROM, above the first apt command.")
def apt_without_frontend(stage: Stage) -> Iterator[Finding]:
    """Yield calls of apt for which no ARG in scope sets the frontend to noninteractive."""
    for step in apt_steps(stage):
        arguments = step.run.state.arguments
        seen = step.command.environment(arguments).get(NAME)  # the command may set its own
        frontend = next((value for value in (arguments.get(NAME), seen) if value != WANTED), WANTED)
        if frontend != WANTED:
            yield Finding(step.line, f"`{step.command}`: {_state(frontend, step)}")


def _state(frontend: str | None, step: AptStep) -> str:
    if frontend:
        return f"DEBIAN_FRONTEND is `{frontend}` here"
    if by_env := step.run.state.environment.setting(NAME):
        return f"line {by_env.line} sets DEBIAN_FRONTEND by ENV, and it should be an ARG"
    return "no ARG above sets DEBIAN_FRONTEND"
