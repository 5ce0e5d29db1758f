"""Lists of requirements that .dockerignore keeps out of a build whose pip asks for them.

A `COPY . .` takes what is there, so only pip finds out. We know the context, and can say it before the build.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from checks.outcomes import CheckFailed
from checks.parsing.packages.build_files import Contents, Read
from checks.parsing.packages.carried import Carried, installs_in
from checks.parsing.packages.package_steps import runs_of
from checks.parsing.packages.pip_requirements import MAX_LISTS
from checks.parsing.shell import Command
from checks.parsing.text.problems import ParseError

if TYPE_CHECKING:
    from checks.evidence.submission.context_files import ContextFiles
    from checks.parsing.dockerfile.stages import Stage

_MAKING_NO_LIST = frozenset(
    [
        "apt",
        "apt-get",
        "pip",
        "pip3",
        "cd",
        "set",
        "mkdir",
        "chown",
        "chmod",
        "useradd",
        "adduser",
        "true",
        ":",
    ]
)
HELP = (
    "Only the files that the README names are taken from you; `.dockerignore` says which of all stay outside."
)


def refuse_lists_kept_out(stage: "Stage", context: "ContextFiles", expected: str, file: str) -> None:
    """Raise `CheckFailed` at the first call of pip that must fail for want of its list."""
    with suppress(ParseError):  # past a limit of ours: the engine tells
        for entry, path in _lists_kept_out(stage, context):
            if _is_due(entry):
                said = f"`{entry.step.pip.command}` asks for the list `{path}`, and {context.lack_of(path)}"
                raise CheckFailed(expected, said, HELP, file=file, line=entry.step.line)


def read_for_versions(stage: "Stage", context: "ContextFiles") -> Read:
    """Return what reads lists of requirements, for a check of versions.

    It reads a list that .dockerignore keeps out, too: that the build lacks it, is for the check of the build.
    """
    kept_out = next(_lists_kept_out(stage, context), None)
    return context.read_anyway if kept_out else context.read


def _lists_kept_out(stage: "Stage", context: "ContextFiles") -> Iterator[tuple[Carried, str]]:
    """Yield each install that would have a list of requirements without the .dockerignore, and that list."""
    asked = ((entry, path) for entry in installs_in(stage) for path in entry.step.pip.requirement_files)
    for entry, path in islice(asked, MAX_LISTS):
        if Contents(entry.stage, context.read).read(path, entry.step.run) is None:
            found = Contents(entry.stage, context.read_anyway).read(path, entry.step.run)
            if found and context.lack_of(found[0]):
                yield entry, found[0]


def _is_due(entry: Carried) -> bool:
    """Whether this call of pip ends the build without its list: no command before it could have made one."""
    before = [run for run in runs_of(entry.stage) if run.line <= entry.step.run.line]
    commands = [command for run in before for command in run.commands]
    return entry.step.pip.command.fatal and all(map(_makes_no_list, commands))


def _makes_no_list(command: Command) -> bool:
    return command.name in _MAKING_NO_LIST or command.argv[1:3] in {("-m", "venv"), ("-m", "pip")}
