"""What a stage copies from the folder that is built."""

import posixpath
from fnmatch import fnmatchcase

from checks.parsing.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.stages import Stage


def context_copies(stage: Stage) -> tuple[CopyOrAdd, ...]:
    """Every COPY and ADD from the build context that the stage is made of, in order."""
    entries = (entry for entry in stage.lineage if isinstance(entry, CopyOrAdd))
    return tuple(entry for entry in entries if entry.from_context and entry.sources)


def copies_whole_context(copy: CopyOrAdd, target: str) -> bool:
    """Whether it brings the whole folder, nothing left out, to the directory `target`."""
    whole = any(posixpath.normpath(f"/{source}") in {"/", "//"} for source in copy.sources)
    return whole and not copy.excludes and posixpath.normpath(copy.destination) == target


def brings(instruction: Instruction, file: str) -> bool:
    """Whether it may bring a file of the context, copied or mounted; what another stage has may be it."""
    if isinstance(instruction, CopyOrAdd):
        return not instruction.from_context or any(_covers(source, file) for source in instruction.sources)
    mounts = instruction.mounts if isinstance(instruction, Run) else ()
    return any(
        mount.type == "bind" and (mount.from_name or _covers(mount.source or ".", file)) for mount in mounts
    )


def _covers(source: str, file: str) -> bool:
    path = posixpath.normpath(f"/{source}").lstrip("/")
    return path in {"", file} or fnmatchcase(file, path)
