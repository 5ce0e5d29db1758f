"""What is gone, or never there, when the layer of a RUN is made.

A layer holds what is there when its RUN ends. So a file counts as cleaned up when it is deleted in the RUN
that made it, behind the command that made it; or when it never was on the layer's own file system, because a
mount lay over its directory.
"""

import functools
import posixpath
from collections.abc import Callable, Mapping

from checks.parsing.instructions import Run
from checks.parsing.remembered import remembered
from checks.parsing.removals import removals
from checks.parsing.shell import Command


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
