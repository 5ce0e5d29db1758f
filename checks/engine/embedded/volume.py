"""A file system of the engine's own, in a sparse file: what it keeps can fill that, not the disk of the machine."""

import shutil
from pathlib import Path
from typing import Final

from checks.engine.commands import attempt
from checks.engine.embedded.layout import Layout
from checks.engine.errors import EngineError

# The most that images, build cache, containers and volumes may take together; it takes what is used.
DATA_BYTES: Final = 40_000_000_000
# Of what is free when it is made: the machine needs some room, too.
SHARE: Final = 0.9
# No room for root alone, and nothing written ahead: it is there in 0.2 s.
FORMAT: Final = ("-q", "-F", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard")
# What is deleted inside is given back to the machine.
OPTIONS: Final = "loop,discard,noatime"


def mount_data(layout: Layout) -> bool:
    """Mount it where data is kept, made when it is not there; False where this machine can have none.

    A machine without loop devices, or without mkfs.ext4, keeps the data in a plain folder.
    """
    layout.disk.mkdir(exist_ok=True)
    _remove_earlier(layout)
    if layout.disk.is_mount() or _mount(layout):
        return True
    layout.image.unlink(missing_ok=True)  # it was never finished, or is broken: all in it can be had again
    if _make(layout.image) and _mount(layout):
        return True
    layout.image.unlink(missing_ok=True)
    return False


def _mount(layout: Layout) -> bool:
    return layout.image.exists() and _does("mount", "-o", OPTIONS, str(layout.image), str(layout.disk))


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
    """What an earlier version of this project kept in the machine's own file system, out of reach by now."""
    for name in ("data", "containerd"):
        shutil.rmtree(layout.directory / name, ignore_errors=True)
