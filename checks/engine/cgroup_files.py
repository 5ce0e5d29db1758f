"""What the kernel tells in the files of a control group."""

import os
from contextlib import suppress
from pathlib import Path


def counter(file: Path, key: str) -> int:
    """One counter of a flat keyed file, 0 where there is none."""
    try:
        pairs = (line.split() for line in file.read_text().splitlines())
        return next((int(pair[1]) for pair in pairs if pair[0] == key), 0)
    except OSError:
        return 0


def peaked(directory: Path) -> bool:
    """Whether there were ever as many processes as may be; Linux before 6.1 does not tell, and says no.

    Its count of refused forks is no help: it is kept in the group of the process that was refused.
    """
    try:
        most, limit = ((directory / name).read_text().strip() for name in ("pids.peak", "pids.max"))
    except OSError:
        return False
    return limit.isdecimal() and int(most) >= int(limit)


def members(directory: Path) -> frozenset[int]:
    """The processes in a control group and in those below it."""
    found: set[int] = set()
    for group, _, _ in os.walk(directory):
        with suppress(OSError):
            found.update(map(int, Path(group, "cgroup.procs").read_text().split()))
    return frozenset(found)


def remove_tree(directory: Path) -> None:
    """Remove a tree of control groups, deepest first; one that is busy or gone is left to the kernel."""
    for child, _, _ in os.walk(directory, topdown=False):
        with suppress(OSError):
            os.rmdir(child)  # noqa: PTH106 - os.walk, unlike glob, bears that what it walks through goes away
