"""How COPY and mounts map the path of a file in one place to its path in another.

A part of either path may be a pattern: `python*` in a directory that pip chooses, `*.txt` in a COPY.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from checks.parsing.dockerfile.instructions import CopyOrAdd, Mount
from checks.parsing.text.path_pattern import PathPattern
from checks.parsing.text.problems import ParseError, Refused

MAX_MOVES = 20_000  # directories times the sources of the COPYs that may bring them

_WILD = frozenset("*?[\\")


def moved(place: str, source: str, destination: str) -> str | None:
    """Return the path of directory `place` after a copy of `source`; None if only part of it is copied."""
    parts, taken = _parts(place), _parts(source)
    if len(taken) == len(parts) + 1 and taken[-1] in {"*", "*.whl"}:  # everything in it
        taken.pop()
    if len(taken) > len(parts) or not all(map(_alike, taken, parts)):
        return None
    return posixpath.normpath(posixpath.join("/", destination, *parts[len(taken) :]))


@dataclass(slots=True)
class Moves:
    """Where COPYs and mounts bring directories.

    `line` is that of the stage, for errors; `count` is how often a directory was compared with a source.
    """

    line: int
    count: int = 0

    def arrivals(self, place: str, copy: CopyOrAdd | Mount) -> Iterator[str]:
        """Yield every path to which a COPY or a mount brings this directory; raise ParseError past the limit."""
        sources = copy.sources if isinstance(copy, CopyOrAdd) else (copy.source or "/",)
        target = copy.destination if isinstance(copy, CopyOrAdd) else copy.target
        self.count += len(sources)
        if self.count > MAX_MOVES:
            raise ParseError(f"COPYs of stages have more than {MAX_MOVES:,} sources to look at", self.line)
        for source in sources:
            if (found := moved(place, source, target)) is not None:
                yield found


def origins_of(path: str, source: str, destination: str) -> Iterator[str]:
    """Yield the paths from which a file at `path` may come, if `source` was copied to `destination`.

    COPY puts a file into the destination under its name, and a directory's contents. A pattern may match either.
    """
    target, name = posixpath.normpath(destination), posixpath.normpath(source).lstrip("/")
    if path == target:
        yield from _renamed(name, posixpath.basename(path)) if set(name) & _WILD else (name,)
        return
    if not path.startswith(target.rstrip("/") + "/"):
        return
    rest = path[len(target.rstrip("/")) + 1 :]
    if set(name) & _WILD:
        yield from _matched(name, rest)
        return
    if posixpath.basename(name) == rest:
        yield name
    yield posixpath.normpath(posixpath.join(name, rest))


def _matched(pattern: str, rest: str) -> Iterator[str]:
    """Yield the file `rest` in the folder of the pattern, if the pattern matches it."""
    folder = posixpath.dirname(pattern)
    candidate = posixpath.join(folder, rest)
    try:
        if not set(folder) & _WILD and "/" not in rest and PathPattern.parse(pattern).matches(candidate):
            yield candidate
    except Refused:
        return


def _renamed(pattern: str, name: str) -> Iterator[str]:
    """Yield the one file that COPY renames: it was called `name`, or like the pattern without its `*`."""
    for candidate in dict.fromkeys((name, posixpath.basename(pattern).replace("*", ""))):
        yield from _matched(pattern, candidate)


def _parts(path: str) -> list[str]:
    return [part for part in posixpath.normpath(f"/{path}").split("/") if part]


def _alike(one: str, other: str) -> bool:
    return one == other or fnmatchcase(one, other) or fnmatchcase(other, one)


def is_within(path: str, place: str) -> bool:
    """Whether a path, which may end in a pattern, is in a directory."""
    parts, outer = _parts(path), _parts(place)
    return len(parts) >= len(outer) and all(map(_alike, outer, parts[: len(outer)]))
