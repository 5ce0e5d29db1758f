"""What a killed engine leaves in the kernel: mounts and control groups.

The processes of one embedded engine, known by what they run: no pid file is believed.

A pid file may be stale, and its number by now somebody else's. What a process runs, the kernel says.
"""

import ctypes
import os
import re
import signal
import time
from collections.abc import Collection
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


PROC: Final = Path("/proc")
DAEMONS: Final = ("dockerd",)
SUPERVISORS: Final = ("containerd",)
SHIMS: Final = ("containerd-shim-runc-v2", "docker-proxy", "runc")
POLL_S: Final = 0.05
PATIENCE_S: Final = 20.0
AFTER_KILL_S: Final = 10.0


def running(layout: Layout, names: Collection[str]) -> set[int]:
    """The ids of the processes that run a program of that name out of this engine's own directory."""
    programs = {f"{layout.tools}/usr/{folder}/{name}" for folder in ("bin", "sbin") for name in names}
    # A program whose file was replaced under it is shown with this word behind it (proc_pid_exe(5)).
    return {pid for pid in _pids() if _program(pid).removesuffix(" (deleted)") in programs}


def end_all(layout: Layout) -> None:
    """End dockerd, containerd, the shims and whatever runs in a container or a build of this engine."""
    _signal(running(layout, DAEMONS), signal.SIGTERM)
    _signal(_contained(layout), signal.SIGKILL)  # or dockerd would give each of them 10 s
    _await_end(layout, DAEMONS, PATIENCE_S)
    _signal(running(layout, SUPERVISORS), signal.SIGTERM)
    _await_end(layout, SUPERVISORS, PATIENCE_S)
    _signal(running(layout, (*SHIMS, *SUPERVISORS)), signal.SIGKILL)
    _signal(_contained(layout), signal.SIGKILL)
    _await_end(layout, (*DAEMONS, *SUPERVISORS, *SHIMS), AFTER_KILL_S)


def _await_end(layout: Layout, names: Collection[str], patience_s: float) -> None:
    """Wait for them, and kill those that take longer (a stopped process hears nothing else)."""
    deadline = time.monotonic() + patience_s
    while running(layout, names) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    _signal(running(layout, names), signal.SIGKILL)


def _signal(pids: Collection[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _contained(layout: Layout) -> set[int]:
    """Processes whose root is a layer of this engine: builds may have a control group of their own."""
    upper = f"upperdir={layout.data}/"
    return {pid for pid in _pids() if any(upper in line for line in _root_mounts(pid))}


def _root_mounts(pid: int) -> list[str]:
    lines = _read(PROC / str(pid) / "mountinfo").splitlines()
    return [unescape(line) for line in lines if line.split(" ")[4:5] == ["/"]]


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _program(pid: int) -> str:
    """Empty for a process that has ended, and for the kernel's own."""
    try:
        return str((PROC / str(pid) / "exe").readlink())
    except OSError:
        return ""


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
