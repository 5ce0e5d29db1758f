"""What changes whenever the source does, and what only when the dependencies do, told by its name."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from checks.parsing.instructions import CopyOrAdd, Instruction, Mount, Run

# What tells a package manager what to install, or holds it already: folders may be called so too.
_MANIFEST = re.compile(
    r"(?:(?:requirements|constraints)[\w.-]*|(?:pyproject|poetry|uv|pdm)\.(?:toml|lock)|pipfile(?:\.lock)?"
    r"|environment\.ya?ml|conda-lock\.yml|setup\.(?:py|cfg)|package(?:-lock)?\.json|yarn\.lock|vendor|wheels?"
    r"|wheelhouse)",
    re.ASCII | re.IGNORECASE,
)
_URL = re.compile(r"(?:https?|git|ssh)://|git@", re.IGNORECASE)


def source_copies(instructions: Iterable[Instruction]) -> Iterator[CopyOrAdd]:
    """Those that bring the folder, a part of it that is a folder, or a file of Python, from the context."""
    copies = (entry for entry in instructions if isinstance(entry, CopyOrAdd) and entry.from_context)
    return (copy for copy in copies if any(map(is_source, copy.sources)))


def source_mounts(run: Run) -> Iterator[Mount]:
    """The same of the context that is mounted instead of copied."""
    for mount in run.mounts:
        if mount.type == "bind" and mount.from_name is None and is_source(mount.source or "."):
            yield mount


def is_source(path: str) -> bool:
    """Whether a path of the build context changes with the source."""
    name = posixpath.basename(posixpath.normpath(f"/{path}")).rstrip("*")
    if _URL.match(path) or _MANIFEST.fullmatch(name):
        return False
    return "." not in name.lstrip(".") or name.endswith(".py")
