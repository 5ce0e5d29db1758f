"""From a RUN to the commands of the shell: the one place where the two halves of this package meet."""

import shlex

from checks.parsing.instructions.command import Form
from checks.parsing.script import Script
from checks.parsing.shell import Allowance, Command, shell_options, split
from checks.parsing.shell.wrappers import SHELLS, basename


def commands_of(
    form: Form, argv: tuple[str, ...], script: Script, line: int, allowance: Allowance
) -> tuple[Command, ...]:
    """The commands of an instruction on `line`. Raises ParseError for a script that no shell would run."""
    if form == "exec":
        return split(shlex.join(argv), line_of=lambda _: line, allowance=allowance)
    shell, *options = argv[:-1]
    if basename(shell) not in SHELLS:
        return ()
    text, line_of = script.in_lines()
    return split(text, line_of=line_of, options=shell_options([shell, *options]), allowance=allowance)
