"""Mount the engine's own file system from a sparse file, and unmount all mounts that a killed engine left.

The engine's data can fill that file system, but not the disk of the machine.
"""

import ctypes
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.engine.commands import attempt
from checks.engine.embedded.layout import Layout
from checks.engine.errors import EngineError

# The maximum for images, build cache, containers and volumes together; the file grows with use.
DATA_BYTES: Final = 40_000_000_000
# The maximum share of the free space, since the machine needs some room too.
SHARE: Final = 0.9
# No blocks reserved for root, no tables written ahead: formatting takes 0.2 s. An inode for each 8 KiB, twice as
# many as usual: a build that makes as many empty files as it may leaves some to the others.
WITHOUT: Final = "lazy_itable_init=1,lazy_journal_init=1,nodiscard"
FORMAT: Final = ("-q", "-F", "-m", "0", "-i", "8192", "-E", WITHOUT)
# `discard` gives deleted blocks back to the machine. `barrier=0` has nobody wait for the disk itself: dpkg does so
# for each file that it unpacks, and builds of many packages took an eighth longer (docs/decisions/0001). After a
# machine went down meanwhile, what is on it is not believed, but made anew.
OPTIONS: Final = "loop,discard,noatime,barrier=0"
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

MOUNTS: Final = Path("/proc/self/mountinfo")
MNT_DETACH: Final = 2
MOUNT_POINT: Final = 4  # the fifth field (proc_pid_mountinfo(5))
ESCAPE: Final = re.compile(r"\\([0-7]{3})")


def mount_data(layout: Layout) -> bool:
    """Mount the file system at `disk`, and create it if it is missing; return False if the machine cannot.

    Without loop devices, or without mkfs.ext4, the engine keeps its data in a plain folder.
    """
    layout.disk.mkdir(exist_ok=True)
    _remove_earlier(layout)
    if layout.disk.is_mount() or (_is_whole(layout) and _mount(layout)):
        return True
    layout.image.unlink(missing_ok=True)  # unfinished or damaged; the engine can rebuild its content
    if _make(layout.image) and _mount(layout):
        return True
    layout.image.unlink(missing_ok=True)
    return False


def _is_whole(layout: Layout) -> bool:
    """Whether the machine has not gone down, by a power failure say, while the file system was mounted."""
    return not layout.boot.exists() or layout.boot.read_text() == BOOT_ID.read_text()


def _mount(layout: Layout) -> bool:
    if not layout.image.exists() or not _does("mount", "-o", OPTIONS, str(layout.image), str(layout.disk)):
        return False
    layout.boot.write_text(BOOT_ID.read_text())
    return True


def _make(image: Path) -> bool:
    with image.open("wb") as file:
        file.truncate(min(DATA_BYTES, int(shutil.disk_usage(image.parent).free * SHARE)))
    return _does("mkfs.ext4", *FORMAT, str(image))


def _does(*command: str) -> bool:
    try:
        return attempt(command).returncode == 0
    except EngineError:  # this machine has no such program
        return False


def _remove_earlier(layout: Layout) -> None:
    """Delete the data that earlier versions of this project kept in the machine's own file system."""
    for name in ("data", "containerd"):
        shutil.rmtree(layout.directory / name, ignore_errors=True)


def unmount_all(layout: Layout) -> None:
    """Unmount everything below the engine's directory and its runtime directory; the file system is whole then."""
    was_mounted = layout.disk.is_mount()
    unmount_below(layout.directory, layout.runtime)
    if was_mounted:
        with suppress(FileNotFoundError), layout.image.open("rb") as image:
            os.fsync(image.fileno())
        layout.boot.unlink(missing_ok=True)


def unmount_below(*places: Path) -> None:
    """Unmount everything at or below `places`, the newest mount first."""
    libc = ctypes.CDLL(None, use_errno=True)
    for point in reversed(_mounts_below(*places)):
        if libc.umount2(os.fsencode(point), MNT_DETACH):
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), str(point))


def mounts(layout: Layout) -> list[Path]:
    """Return the mounts of this engine, oldest first."""
    return _mounts_below(layout.directory, layout.runtime)


def _mounts_below(*places: Path) -> list[Path]:
    points = [Path(unescape(line.split(" ")[MOUNT_POINT])) for line in MOUNTS.read_text().splitlines()]
    return [point for point in points if any(point.is_relative_to(place) for place in places)]


def unescape(field: str) -> str:
    """Undo the kernel's octal escapes (proc_pid_mountinfo(5))."""
    return ESCAPE.sub(lambda octal: chr(int(octal[1], 8)), field)
