"""In which directory each command of a RUN works: WORKDIR's, or where a `cd` before it went."""

import posixpath
from collections.abc import Mapping

from checks.parsing.home import expanded, home_of
from checks.parsing.instructions import Run
from checks.parsing.remembered import remembered
from checks.parsing.shell import Command
from checks.parsing.software import variables_at

MAX_PATH = 4_096  # Linux has no longer one


@remembered
def directories(run: Run) -> Mapping[int, str]:
    """By the `id` of each command that runs."""
    variables, home = variables_at(run), home_of(run)
    there: dict[tuple[str, ...], str] = {(): run.state.directory}
    found: dict[int, str] = {}
    for command in run.commands:
        if not command.runs:
            continue
        found[id(command)] = directory = _directory(command, there)
        if command.name == "cd" and len(words := command.fields(variables)) > 1:
            there[command.context] = posixpath.join(directory, expanded(*words[1], home))[:MAX_PATH]
    return found


def _directory(command: Command, there: Mapping[tuple[str, ...], str]) -> str:
    """Where the command works: a `cd` counts in its own brackets and in those inside."""
    outwards = (command.context[:end] for end in range(len(command.context), -1, -1))
    return next(there[context] for context in outwards if context in there)
