"""What a killed engine leaves in the kernel: mounts and control groups."""

import ctypes
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.engine.embedded.layout import Layout

MOUNTS: Final = Path("/proc/self/mountinfo")
CGROUPS: Final = Path("/sys/fs/cgroup")
MNT_DETACH: Final = 2
MOUNT_POINT: Final = 4  # the fifth field (proc_pid_mountinfo(5))
ESCAPE: Final = re.compile(r"\\([0-7]{3})")


def unmount_all(layout: Layout) -> None:
    """Take down every mount below the engine's directory and its runtime directory."""
    unmount_below(layout.directory, layout.runtime)


def unmount_below(*places: Path) -> None:
    """Take down every mount at or below `places`, the last one first."""
    libc = ctypes.CDLL(None, use_errno=True)
    for point in reversed(_mounts_below(*places)):
        if libc.umount2(os.fsencode(point), MNT_DETACH):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), str(point))


def mounts(layout: Layout) -> list[Path]:
    """The mounts of this engine, in the order in which they were made."""
    return _mounts_below(layout.directory, layout.runtime)


def _mounts_below(*places: Path) -> list[Path]:
    points = [Path(unescape(line.split(" ")[MOUNT_POINT])) for line in MOUNTS.read_text().splitlines()]
    return [point for point in points if any(point.is_relative_to(place) for place in places)]


def remove_cgroups(layout: Layout) -> None:
    """Remove the control groups of the engine and its builds, v1 (one in each hierarchy) and v2; empty by now."""
    builds = f"graded-lab-{layout.identity}-*"
    names = (layout.cgroup, builds)
    for top in (path for name in names for where in (name, f"*/{name}") for path in CGROUPS.glob(where)):
        for directory, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):  # a process in it is not quite gone: the next start removes it
                Path(directory).rmdir()


def unescape(field: str) -> str:
    """Undo the kernel's octal escapes (proc_pid_mountinfo(5))."""
    return ESCAPE.sub(lambda octal: chr(int(octal[1], 8)), field)
