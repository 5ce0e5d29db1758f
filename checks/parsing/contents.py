"""What a file inside a build holds, where that can be read off: copied, mounted, or written by a RUN."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checks.parsing.instructions import CopyOrAdd, Run
from checks.parsing.software import variables_at
from checks.parsing.stages import Stage
from checks.parsing.writes import writes

Read = Callable[[str], bytes | None]
"""Read a file of the build context by its relative path; None when there is none."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a stage, as one of its RUNs sees them."""

    stage: Stage
    context: Read

    def read(self, path: str, run: Run) -> tuple[str, bytes] | None:
        """The context's name of the file (or the path, when it was written in the build) and its bytes."""
        absolute = posixpath.normpath(posixpath.join(run.state.directory, path))
        found = None
        for candidate in self._candidates(absolute, run):
            found = candidate
        return found

    def _candidates(self, path: str, run: Run) -> Iterator[tuple[str, bytes]]:
        """Every version of the file, the one in force last: mounts hide what is below them."""
        for instruction in self.stage.lineage:
            if isinstance(instruction, CopyOrAdd) and instruction.from_context:
                yield from self._copied(path, instruction)
            elif isinstance(instruction, Run):
                yield from _written(path, instruction)
            if instruction is run:
                break
        for mount in run.mounts:
            if mount.type == "bind" and mount.from_name is None:
                yield from self._sourced(path, mount.target, mount.source or ".")

    def _copied(self, path: str, copy: CopyOrAdd) -> Iterator[tuple[str, bytes]]:
        for document in copy.documents:
            if path in {copy.destination, posixpath.join(copy.destination, document.name)}:
                yield path, document.body.encode()
        for source in copy.sources:
            yield from self._sourced(path, copy.destination, source)

    def _sourced(self, path: str, destination: str, source: str) -> Iterator[tuple[str, bytes]]:
        """The file at `path`, if `source` brings it to `destination`: as itself or as part of it."""
        target, name = posixpath.normpath(destination), posixpath.normpath(source).lstrip("/")
        if path == target:
            candidates = [name]
        elif path.startswith(target.rstrip("/") + "/"):
            rest = path[len(target.rstrip("/")) + 1 :]
            candidates = [posixpath.normpath(posixpath.join(name, rest))]
            if posixpath.basename(name) == rest:
                candidates.insert(0, name)
        else:
            return
        for candidate in candidates:
            if (data := self.context(candidate)) is not None:
                yield candidate, data
                return


def _written(path: str, run: Run) -> Iterator[tuple[str, bytes]]:
    commands = [command for command in run.commands if command.runs]
    for write in writes(commands, variables_at(run)):
        if posixpath.normpath(posixpath.join(run.state.directory, write.path)) == path:
            yield path, write.text.encode()
