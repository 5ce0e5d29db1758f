"""Tell files of the source from manifests of dependencies, by their names."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator

from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Mount, Run
from checks.parsing.dockerfile.movement import is_within
from checks.parsing.dockerfile.remote_source import may_be_remote
from checks.parsing.dockerfile.stages import from_stage
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import Refused

# Files and folders that list dependencies for a package manager, or contain them.
_MANIFEST = re.compile(
    r"(?:(?:requirements|constraints)[\w.-]*|(?:pyproject|poetry|uv|pdm)\.(?:toml|lock)|pipfile(?:\.lock)?"
    r"|environment\.ya?ml|conda-lock\.yml|setup\.(?:py|cfg)|package(?:-lock)?\.json|yarn\.lock|vendor|wheels?"
    r"|wheelhouse)",
    re.ASCII | re.IGNORECASE,
)


# Usual names of a service's source: a pattern that matches one of them brings the source.
_USUAL = ("app", "src", "server", "main.py", "app.py")
_WILD = frozenset("*?[")
MAX_DEPTH = 8  # stages through which a copy is followed


def source_copies(instructions: Iterable[Instruction], edited: Collection[str] = ()) -> Iterator[CopyOrAdd]:
    """Yield copies that bring the whole context, a folder of it, a Python file or an `edited` file.

    A copy from another stage counts if the copies that filled its source there do.
    """
    copies = (entry for entry in instructions if isinstance(entry, CopyOrAdd))
    return (copy for copy in copies if _brings_source(copy, edited, MAX_DEPTH))


def source_mounts(run: Run, edited: Collection[str] = ()) -> Iterator[Mount]:
    """Yield the bind mounts of a RUN that bring source from the build context."""
    for mount in run.mounts:
        if mount.type == "bind" and mount.from_name is None and is_source(mount.source or ".", edited):
            yield mount


def is_source(path: str, edited: Collection[str] = ()) -> bool:
    """Whether a path of the build context changes with the source; `edited` lists known source files."""
    whole = posixpath.normpath(f"/{path}").lstrip("/")
    name = posixpath.basename(whole)
    if may_be_remote(path) or _MANIFEST.fullmatch(name.rstrip("*")):
        return False
    if any(_stands_for(whole, file) for file in edited if not _MANIFEST.fullmatch(posixpath.basename(file))):
        return True
    if _WILD & set(name):
        return any(_stands_for(name, usual) for usual in _USUAL)
    return "." not in name.lstrip(".") or name.endswith(".py")


def _stands_for(pattern: str, file: str) -> bool:
    """Whether a COPY of `pattern` brings the file; False for a pattern that Docker refuses."""
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
    """Whether the sources of a COPY include the destination of the earlier one."""
    return any(is_within(earlier.destination, source) for source in copy.sources)
