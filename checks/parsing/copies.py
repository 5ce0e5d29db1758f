"""What a stage copies from the folder that is built."""

import posixpath

from checks.parsing.instructions import CopyOrAdd
from checks.parsing.stages import Stage


def context_copies(stage: Stage) -> tuple[CopyOrAdd, ...]:
    """Every COPY and ADD from the build context that the stage is made of, in order."""
    entries = (entry for entry in stage.lineage if isinstance(entry, CopyOrAdd))
    return tuple(entry for entry in entries if entry.from_context and entry.sources)


def copies_whole_context(copy: CopyOrAdd, target: str) -> bool:
    """Whether it brings the whole folder, nothing left out, to the directory `target`."""
    whole = any(posixpath.normpath(f"/{source}") in {"/", "//"} for source in copy.sources)
    return whole and not copy.excludes and posixpath.normpath(copy.destination) == target
