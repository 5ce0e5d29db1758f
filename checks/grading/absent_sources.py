"""Sources that a build does not find: a COPY, ADD or mount of a file that is not in the build context.

BuildKit refuses them only while it builds. We know the context, so we can say it before, and name the cause.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.grading.lists_kept_out import HELP, refuse_lists_kept_out
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.references import needed
from checks.parsing.dockerfile.remote_source import is_remote
from checks.sanitize import shortened

if TYPE_CHECKING:
    from checks.evidence.submission.context_files import ContextFiles
    from checks.parsing.dockerfile.dockerfile import Dockerfile

_WILD = frozenset("*?[\\")


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
    refuse_lists_kept_out(dockerfile.final, context, expected, file)


def _sources(instruction: Instruction) -> Iterator[str]:
    """Yield the paths that must be there; a pattern may match nothing."""
    found: Iterator[str] = iter(())
    if isinstance(instruction, CopyOrAdd) and instruction.from_context:
        found = (source for source in instruction.sources if not is_remote(source))
    elif isinstance(instruction, Run):
        binds = (mount for mount in instruction.mounts if mount.type == "bind" and mount.from_name is None)
        found = (mount.source for mount in binds)
    return (source for source in found if not _WILD & set(source))
