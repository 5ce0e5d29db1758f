"""What a stage copies from the folder that is built."""

import posixpath
from fnmatch import fnmatchcase
from itertools import accumulate, islice

from checks.parsing.contents import Contents
from checks.parsing.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.references import taken_from
from checks.parsing.stages import Stage

MAX_ABOVE = 100  # folders in which a file is looked for
_MOVING = frozenset({"cp", "mv", "ln", "pushd", "rsync", "tar", "git"})


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


def is_elsewhere(stage: Stage, run: Run, file: str, directory: str = "") -> bool:
    """Whether a file of the context is surely neither in the directory in which a RUN needs it, nor above it.

    That is WORKDIR's if no other is given. What moves files about may have it there all the same.
    """
    place = posixpath.normpath(posixpath.join(run.state.directory, directory))
    before = [entry for entry in (*stage.before(run), run) if isinstance(entry, Run)]
    words = {word for entry in before for command in entry.commands for word in command.argv}
    images = any(source.from_stage is None for entry in stage.before(run) for source in taken_from(entry))
    known = Contents(stage, lambda name: b"" if name == file else None)
    above = islice(accumulate(place.split("/")[1:], posixpath.join, initial="/"), MAX_ABOVE)
    there = any(known.read(posixpath.join(folder, file), run) for folder in above)
    return not (there or images or "$" in place or _MOVING & words)


def _covers(source: str, file: str) -> bool:
    path = posixpath.normpath(f"/{source}").lstrip("/")
    return path in {"", file} or fnmatchcase(file, path)
