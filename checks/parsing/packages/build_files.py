"""Files during a build: the copies from the build context, and contents that are known without building.

Contents are known for files that are copied, mounted, or written as plain text by a RUN.
"""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import accumulate, islice

from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Mount, Run
from checks.parsing.dockerfile.movement import origins_of
from checks.parsing.dockerfile.references import taken_from
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.packages.package_steps import variables_at
from checks.parsing.shell.file_commands import writes
from checks.parsing.text.problems import ParseError

MAX_FOLLOWED = 100
MAX_DEPTH = 8  # stages through which one file is followed

Read = Callable[[str], bytes | None]
"""Read a file of the build context by its relative path; None when there is none."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a stage, as one of its RUNs sees them."""

    stage: Stage
    context: Read
    followed: dict[tuple[int, str], tuple[str, bytes] | None] = field(default_factory=dict, compare=False)

    def read(self, path: str, run: Run) -> tuple[str, bytes] | None:
        """Return the path in the context (or in the image, if the build wrote it) and the bytes, or None."""
        absolute = posixpath.normpath(posixpath.join(run.state.directory, path))
        found = self._at(absolute, run, 0)
        for mount in run.mounts:  # they hide the files below them
            if mount.type == "bind":
                found = self._brought(absolute, mount, mount.source or ".", mount.target, 0) or found
        return found

    def _at(self, path: str, until: Instruction | None, depth: int) -> tuple[str, bytes] | None:
        """Return the file after `until`, or at the end of the stage; the last instruction that wrote it counts."""
        found = None
        for instruction in self.stage.lineage:
            if isinstance(instruction, CopyOrAdd):
                found = self._copied(path, instruction, depth) or found
            elif isinstance(instruction, Run):
                found = next(_written(path, instruction), None) or found
            if instruction is until:
                break
        return found

    def _copied(self, path: str, copy: CopyOrAdd, depth: int) -> tuple[str, bytes] | None:
        for document in copy.documents:
            if path in {copy.destination, posixpath.join(copy.destination, document.name)}:
                return path, document.body.encode()
        brought = (self._brought(path, copy, source, copy.destination, depth) for source in copy.sources)
        return next(filter(None, brought), None)

    def _brought(
        self, path: str, copy: CopyOrAdd | Mount, source: str, destination: str, depth: int
    ) -> tuple[str, bytes] | None:
        """Return the file at `path` if `source` is it or contains it, and arrives at `destination`; else None."""
        for origin in origins_of(path, source, destination):
            if copy.from_name is None:
                data = self.context(origin)
                found = None if data is None else (origin, data)
            else:
                found = self._elsewhere(from_stage(copy), origin, depth)
            if found is not None:
                return found
        return None

    def _elsewhere(self, stage: Stage | None, origin: str, depth: int) -> tuple[str, bytes] | None:
        """Return the file at the end of another stage; None for an image, whose files are unknown."""
        if stage is None or depth == MAX_DEPTH:
            return None
        key = stage.index, posixpath.join("/", origin)
        if key not in self.followed:
            if len(self.followed) == MAX_FOLLOWED:
                raise ParseError(
                    f"a file may come from more than {MAX_FOLLOWED} places in other stages", stage.line
                )
            self.followed[key] = None  # for a stage that copies from itself
            there = Contents(stage, self.context, self.followed)
            self.followed[key] = there._at(key[1], None, depth + 1)
        return self.followed[key]


def _written(path: str, run: Run) -> Iterator[tuple[str, bytes]]:
    commands = [command for command in run.commands if command.runs]
    for write in writes(commands, variables_at(run)):
        if posixpath.normpath(posixpath.join(run.state.directory, write.path)) == path:
            yield path, write.text.encode()


MAX_ABOVE = 100  # folders that are searched for a file
_MOVING = frozenset({"cp", "mv", "ln", "pushd", "rsync", "tar", "git"})


def context_copies(stage: Stage) -> tuple[CopyOrAdd, ...]:
    """Return every COPY and ADD from the build context in the lineage of the stage, in order."""
    entries = (entry for entry in stage.lineage if isinstance(entry, CopyOrAdd))
    return tuple(entry for entry in entries if entry.from_context and entry.sources)


def copies_whole_context(copy: CopyOrAdd, target: str) -> bool:
    """Whether it copies the whole build context, without excludes, to the directory `target`."""
    whole = any(posixpath.normpath(f"/{source}") in {"/", "//"} for source in copy.sources)
    return whole and not copy.excludes and posixpath.normpath(copy.destination) == target


def brings(instruction: Instruction, file: str) -> bool:
    """Whether a COPY or a mount may bring a file of the context; one from another stage always may."""
    if isinstance(instruction, CopyOrAdd):
        return not instruction.from_context or any(_covers(source, file) for source in instruction.sources)
    mounts = instruction.mounts if isinstance(instruction, Run) else ()
    return any(
        mount.type == "bind" and (mount.from_name or _covers(mount.source or ".", file)) for mount in mounts
    )


def is_elsewhere(stage: Stage, run: Run, file: str, directory: str = "") -> bool:
    """Whether a file of the context is certainly neither in the directory of a RUN nor in one above it.

    `directory` is relative to WORKDIR. The result is False if the RUNs so far call a program that moves files.
    """
    place = posixpath.normpath(posixpath.join(run.state.directory, directory))
    before = [entry for entry in (*stage.before(run), run) if isinstance(entry, Run)]
    words = {word for entry in before for command in entry.commands for word in command.argv}
    images = any(from_stage(source) is None for entry in stage.before(run) for source in taken_from(entry))
    known = Contents(stage, lambda name: b"" if name == file else None)
    above = islice(accumulate(place.split("/")[1:], posixpath.join, initial="/"), MAX_ABOVE)
    there = any(known.read(posixpath.join(folder, file), run) for folder in above)
    return not (there or images or "$" in place or _MOVING & words)


def _covers(source: str, file: str) -> bool:
    path = posixpath.normpath(f"/{source}").lstrip("/")
    return path in {"", file} or fnmatchcase(file, path)
