"""Deletions: which files a RUN deletes, or writes to a mount, so that its layer does not hold them.

A layer holds what exists when its RUN ends. A file is cleaned up when the RUN that made it deletes it afterwards
(`rm -r`, `find ... -delete`, `pip cache purge`), or if a mount covers its directory.
"""

import functools
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from checks.parsing.dockerfile.accounts import expanded, home_of
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.remembered import remembered
from checks.parsing.packages.package_steps import directories, variables_at
from checks.parsing.packages.pip import pip_command
from checks.parsing.shell import Command, Word
from checks.parsing.shell.file_commands import found

_ALL = frozenset({"*", "**"})
Path = tuple[str, bool]  # as written, and whether it is a glob


@dataclass(frozen=True, slots=True)
class Removal:
    """A deleted file tree: `pattern` is absolute, and its `*` is a wildcard only if `globs` is true."""

    position: int  # among the commands of its RUN
    pattern: str
    globs: bool

    def covers(self, directory: str) -> bool:
        """Whether it leaves no file in `directory`, at any depth."""
        pattern, parts = self.pattern.strip("/").split("/"), directory.strip("/").split("/")
        if self.globs and len(pattern) == len(parts) + 1 and pattern[-1] in _ALL:
            pattern.pop()
        return len(pattern) <= len(parts) and all(map(self._matches, pattern, parts))

    def _matches(self, pattern: str, part: str) -> bool:
        """Match as the shell does: a wildcard never matches the dot at the start of a name."""
        hidden = part.startswith(".") and not pattern.startswith(".")
        return part == pattern or (self.globs and not hidden and fnmatchcase(part, pattern))


@remembered
def removals(run: Run) -> tuple[Removal, ...]:
    """Return every file tree that the RUN deletes if no command fails, in order."""
    return tuple(_removals(run))


def _removals(run: Run) -> Iterator[Removal]:
    places = directories(run)
    before: Command | None = None
    for position, command in enumerate(run.commands):
        if not command.runs:
            continue
        for text, globs in _deleted(command, before, run):
            yield Removal(position, posixpath.normpath(posixpath.join(places[id(command)], text)), globs)
        before = command


def _deleted(command: Command, before: Command | None, run: Run) -> Iterator[Path]:
    """Yield the paths that a command deletes with everything below them."""
    variables, home = variables_at(run), home_of(run)
    words = command.fields(variables)[1:]
    if command.name == "find":
        yield from (_path(*word, home) for word in found(words, deleting=True))
    elif command.name == "rm" and "xargs" in command.wrappers and before and before.name == "find":
        yield from (_path(*word, home) for word in found(before.fields(variables)[1:], deleting=False))
    elif command.name == "rm" and any(map(_recurses, (text for text, _ in words))):
        yield from (_path(*word, home) for word in words if not word[0].startswith("-"))
    elif (pip := pip_command(command, variables)) and pip.purges_cache:
        yield pip.cache_path(home), False


def _recurses(option: str) -> bool:
    """Whether it makes `rm` recursive: `-r`, `-rf`, `-fR`, `--recursive`."""
    if option.startswith("--"):
        return option == "--recursive"
    return option.startswith("-") and "r" in option.lower()


def _path(text: str, word: Word, home: str) -> Path:
    """Return the path, and whether it is a glob: quotes disable wildcards, an unquoted variable does not."""
    return expanded(text, word, home), word.globs or not word.quoted


def is_cleared(run: Run, directory: str, behind: Command) -> bool:
    """Whether the layer holds no file that the RUN puts into `directory` up to the command `behind`."""
    return is_mounted(run, directory) or _last_removal(run)(directory) > _positions(run)[id(behind)]


@remembered
def _positions(run: Run) -> Mapping[int, int]:
    """Return the position of each command by its `id`."""
    return {id(command): at for at, command in enumerate(run.commands)}


@remembered
def _last_removal(run: Run) -> Callable[[str], int]:
    """Return a function: directory to position of the last removal that covers it, or -1."""

    @functools.cache
    def position(directory: str) -> int:
        covering = (found.position for found in reversed(removals(run)) if found.covers(directory))
        return next(covering, -1)

    return position


def is_mounted(run: Run, directory: str) -> bool:
    """Whether files written to `directory` go to a mount, and so never into the layer."""
    return any(mount.target and _is_within(directory, mount.target) for mount in run.mounts)


def _is_within(path: str, directory: str) -> bool:
    top = posixpath.normpath(directory).rstrip("/")
    return path == top or path.startswith(f"{top}/")
