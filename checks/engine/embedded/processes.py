"""The processes of one embedded engine, known by what they run: no pid file is believed.

A pid file may be stale, and its number by now somebody else's. What a process runs, the kernel says.
"""

import os
import signal
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from checks.engine.embedded.layout import Layout

PROC: Final = Path("/proc")
DAEMONS: Final = ("dockerd",)
SUPERVISORS: Final = ("containerd",)
SHIMS: Final = ("containerd-shim-runc-v2", "docker-proxy", "runc")
POLL_S: Final = 0.05
# dockerd gives its containers 5 s of these (`shutdown-timeout`).
PATIENCE_S: Final = 20.0
AFTER_KILL_S: Final = 10.0


def running(layout: Layout, names: Collection[str]) -> set[int]:
    """The ids of the processes that run a program of that name out of this engine's own directory."""
    programs = {f"{layout.tools}/usr/{folder}/{name}" for folder in ("bin", "sbin") for name in names}
    # A program whose file was replaced under it is shown with this word behind it (proc_pid_exe(5)).
    return {pid for pid in _pids() if _program(pid).removesuffix(" (deleted)") in programs}


def end_all(layout: Layout) -> None:
    """End dockerd, containerd, the shims and whatever runs in a container of this engine, in that order."""
    for names in (DAEMONS, SUPERVISORS):
        _end(layout, names, signal.SIGTERM, PATIENCE_S)
        _end(layout, names, signal.SIGKILL, AFTER_KILL_S)
    _end(layout, SHIMS, signal.SIGKILL, AFTER_KILL_S)
    _signal(_contained(layout), signal.SIGKILL)


def _end(layout: Layout, names: Collection[str], sign: signal.Signals, patience_s: float) -> None:
    _signal(running(layout, names), sign)
    deadline = time.monotonic() + patience_s
    while running(layout, names) and time.monotonic() < deadline:
        time.sleep(POLL_S)


def _signal(pids: Collection[int], sign: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            continue


def _contained(layout: Layout) -> set[int]:
    return {pid for pid in _pids() if f"/{layout.cgroup}/" in _read(PROC / str(pid) / "cgroup")}


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
