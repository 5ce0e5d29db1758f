"""What changes whenever the source does, and what only when the dependencies do, told by its name."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Mount, Run
from checks.parsing.dockerfile.movement import is_within
from checks.parsing.dockerfile.stages import from_stage
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import Refused

# What tells a package manager what to install, or holds it already: folders may be called so too.
_MANIFEST = re.compile(
    r"(?:(?:requirements|constraints)[\w.-]*|(?:pyproject|poetry|uv|pdm)\.(?:toml|lock)|pipfile(?:\.lock)?"
    r"|environment\.ya?ml|conda-lock\.yml|setup\.(?:py|cfg)|package(?:-lock)?\.json|yarn\.lock|vendor|wheels?"
    r"|wheelhouse)",
    re.ASCII | re.IGNORECASE,
)
_URL = re.compile(r"(?:https?|git|ssh)://|git@", re.IGNORECASE)


# Names that the source of a service has: a pattern that stands for one of them brings it.
_USUAL = ("app", "src", "server", "main.py", "app.py")
_WILD = frozenset("*?[")
MAX_DEPTH = 8  # stages through which a copy is followed


def source_copies(instructions: Iterable[Instruction], edited: Collection[str] = ()) -> Iterator[CopyOrAdd]:
    """Those that bring the folder, a part of it that is a folder, a file of Python, or one that is `edited`.

    What comes from another stage is followed to the copy that brought it there.
    """
    copies = (entry for entry in instructions if isinstance(entry, CopyOrAdd))
    return (copy for copy in copies if _brings_source(copy, edited, MAX_DEPTH))


def source_mounts(run: Run, edited: Collection[str] = ()) -> Iterator[Mount]:
    """The same of the context that is mounted instead of copied."""
    for mount in run.mounts:
        if mount.type == "bind" and mount.from_name is None and is_source(mount.source or ".", edited):
            yield mount


def is_source(path: str, edited: Collection[str] = ()) -> bool:
    """Whether a path of the build context changes with the source, of which `edited` is a part."""
    whole = posixpath.normpath(f"/{path}").lstrip("/")
    name = posixpath.basename(whole)
    if _URL.match(path) or _MANIFEST.fullmatch(name.rstrip("*")):
        return False
    if any(_stands_for(whole, file) for file in edited if not _MANIFEST.fullmatch(posixpath.basename(file))):
        return True
    if _WILD & set(name):
        return any(_stands_for(name, usual) for usual in _USUAL)
    return "." not in name.lstrip(".") or name.endswith(".py")


def _stands_for(pattern: str, file: str) -> bool:
    """Whether a COPY of `pattern` brings the file; what no pattern can be, Docker refuses."""
    try:
        return pattern == file or (bool(_WILD & set(pattern)) and PathPattern.parse(pattern).matches(file))
    except Refused:
        return False


def _brings_source(copy: CopyOrAdd, edited: Collection[str], depth: int) -> bool:
    if copy.from_context:
        return any(is_source(source, edited) for source in copy.sources)
    stage = from_stage(copy)
    if stage is None or not depth:
        return False
    there = (entry for entry in stage.lineage if isinstance(entry, CopyOrAdd) and _overlap(copy, entry))
    return any(_brings_source(entry, edited, depth - 1) for entry in there)


def _overlap(copy: CopyOrAdd, earlier: CopyOrAdd) -> bool:
    """Whether what is copied on holds the place to which the earlier one copied."""
    return any(is_within(earlier.destination, source) for source in copy.sources)
