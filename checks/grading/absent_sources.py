"""Sources that a build does not find: a COPY, ADD or mount of a file that is not in the build context.

BuildKit refuses them only while it builds. We know the context, so we can say it before, and name the cause. The
same goes for pip and a list of requirements that .dockerignore keeps out of a `COPY . .`.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.references import needed
from checks.parsing.dockerfile.remote_source import is_remote
from checks.parsing.packages.build_files import Contents, Read
from checks.parsing.packages.carried import Carried, installs_in
from checks.parsing.packages.package_steps import runs_of
from checks.parsing.packages.pip_requirements import MAX_LISTS
from checks.parsing.shell import Command
from checks.parsing.text.problems import ParseError
from checks.sanitize import shortened

if TYPE_CHECKING:
    from checks.evidence.submission.context_files import ContextFiles
    from checks.parsing.dockerfile.dockerfile import Dockerfile
    from checks.parsing.dockerfile.stages import Stage

_WILD = frozenset("*?[\\")
_MAKING_NO_LIST = frozenset(
    {
        *(
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
        )
    }
)
HELP = (
    "Only the files that the README names are taken from you; `.dockerignore` says which of all stay outside."
)


def refuse_absent_sources(
    dockerfile: "Dockerfile", context: "ContextFiles", expected: str, file: str
) -> None:
    """Raise `CheckFailed` for the first source that is not in the context, in a stage that the last one needs."""
    for stage in needed(dockerfile.stages):
        for instruction in stage.instructions:
            for source in () if instruction.statement.is_triggered else _sources(instruction):
                if why := context.lack_of(source):
                    said = f"line {instruction.line} takes `{shortened(source)}`, and {why}"
                    raise CheckFailed(expected, said, HELP, file=file, line=instruction.line)
    with suppress(ParseError):  # past a limit of ours: the engine tells
        for entry, path in _lists_kept_out(dockerfile.final, context):
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


def _sources(instruction: Instruction) -> Iterator[str]:
    """Yield the paths that must be there; a pattern may match nothing."""
    found: Iterator[str] = iter(())
    if isinstance(instruction, CopyOrAdd) and instruction.from_context:
        found = (source for source in instruction.sources if not is_remote(source))
    elif isinstance(instruction, Run):
        binds = (mount for mount in instruction.mounts if mount.type == "bind" and mount.from_name is None)
        found = (mount.source for mount in binds)
    return (source for source in found if not _WILD & set(source))
