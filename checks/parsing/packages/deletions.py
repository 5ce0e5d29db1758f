"""Deletions: which files are gone, or were never written, when the layer of a RUN is made.

A layer holds what exists when its RUN ends. A file is cleaned up when the RUN that made it deletes it afterwards
(`rm -r`, `find ... -delete`, `pip cache purge`), or when a mount lay over its directory.
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
Path = tuple[str, bool]  # as written, and whether its wildcards are any


@dataclass(frozen=True, slots=True)
class Removal:
    """A tree that is deleted: `pattern` is absolute, and its `*` a wildcard only if it `globs`."""

    position: int  # among the commands of its RUN
    pattern: str
    globs: bool

    def covers(self, directory: str) -> bool:
        """Whether no file is left in `directory`, at any depth."""
        pattern, parts = self.pattern.strip("/").split("/"), directory.strip("/").split("/")
        if self.globs and len(pattern) == len(parts) + 1 and pattern[-1] in _ALL:
            pattern.pop()
        return len(pattern) <= len(parts) and all(map(self._matches, pattern, parts))

    def _matches(self, pattern: str, part: str) -> bool:
        """As the shell does it: a wildcard never stands for the dot at the beginning of a name."""
        hidden = part.startswith(".") and not pattern.startswith(".")
        return part == pattern or (self.globs and not hidden and fnmatchcase(part, pattern))


@remembered
def removals(run: Run) -> tuple[Removal, ...]:
    """Every tree that the RUN deletes on a build where no command fails, in order."""
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
    """The paths that it deletes with all below them."""
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
    """`-r`, `-rf`, `-fR`, `--recursive`."""
    if option.startswith("--"):
        return option == "--recursive"
    return option.startswith("-") and "r" in option.lower()


def _path(text: str, word: Word, home: str) -> Path:
    """A wildcard in quotes is none; one that comes out of an unquoted variable is one."""
    return expanded(text, word, home), word.globs or not word.quoted


def is_cleared(run: Run, directory: str, behind: Command) -> bool:
    """Whether nothing that the RUN puts into `directory`, up to the command `behind`, is in its layer."""
    return is_mounted(run, directory) or _last_removal(run)(directory) > _positions(run)[id(behind)]


@remembered
def _positions(run: Run) -> Mapping[int, int]:
    """Where each command stands, by its `id`."""
    return {id(command): at for at, command in enumerate(run.commands)}


@remembered
def _last_removal(run: Run) -> Callable[[str], int]:
    """The position of the last removal that covers a directory; -1 when there is none."""

    @functools.cache
    def position(directory: str) -> int:
        covering = (found.position for found in reversed(removals(run)) if found.covers(directory))
        return next(covering, -1)

    return position


def is_mounted(run: Run, directory: str) -> bool:
    """Whether what is written to `directory` goes to a mount, and so never into the layer."""
    return any(mount.target and _is_within(directory, mount.target) for mount in run.mounts)


def _is_within(path: str, directory: str) -> bool:
    top = posixpath.normpath(directory).rstrip("/")
    return path == top or path.startswith(f"{top}/")
