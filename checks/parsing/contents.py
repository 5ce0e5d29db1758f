"""What a file inside a build holds, where that can be read off: copied, mounted, or written by a RUN."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from checks.parsing.errors import ParseError
from checks.parsing.instructions import CopyOrAdd, Instruction, Mount, Run
from checks.parsing.movement import origins_of
from checks.parsing.software import variables_at
from checks.parsing.stages import Stage
from checks.parsing.writes import writes

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
        """The context's name of the file (or the path, when it was written in the build) and its bytes."""
        absolute = posixpath.normpath(posixpath.join(run.state.directory, path))
        found = self._at(absolute, run, 0)
        for mount in run.mounts:  # they hide what is below them
            if mount.type == "bind":
                found = self._brought(absolute, mount, mount.source or ".", mount.target, 0) or found
        return found

    def _at(self, path: str, until: Instruction | None, depth: int) -> tuple[str, bytes] | None:
        """The file as it is before an instruction, or at the end: the last that put it there counts."""
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
        """The file at `path`, if `source` brings it to `destination`: as itself or as part of it."""
        for origin in origins_of(path, source, destination):
            if copy.from_name is None:
                data = self.context(origin)
                found = None if data is None else (origin, data)
            else:
                found = self._elsewhere(copy.from_stage, origin, depth)
            if found is not None:
                return found
        return None

    def _elsewhere(self, stage: Stage | None, origin: str, depth: int) -> tuple[str, bytes] | None:
        """The file in another stage, as that one leaves it; an image's own files are not known."""
        if stage is None or depth == MAX_DEPTH:
            return None
        key = stage.index, posixpath.join("/", origin)
        if key not in self.followed:
            if len(self.followed) == MAX_FOLLOWED:
                raise ParseError(
                    f"a file may come from more than {MAX_FOLLOWED} places in other stages", stage.line
                )
            self.followed[key] = None  # of a stage that waits for itself
            there = Contents(stage, self.context, self.followed)
            self.followed[key] = there._at(key[1], None, depth + 1)
        return self.followed[key]


def _written(path: str, run: Run) -> Iterator[tuple[str, bytes]]:
    commands = [command for command in run.commands if command.runs]
    for write in writes(commands, variables_at(run)):
        if posixpath.normpath(posixpath.join(run.state.directory, write.path)) == path:
            yield path, write.text.encode()
