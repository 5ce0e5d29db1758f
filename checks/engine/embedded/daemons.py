"""Start dockerd and containerd in sessions of their own, recognise them, and end all processes that they run.

We recognise them by the program that the kernel reports for a process. A pid file may be stale, and its number may
belong to another process.
"""

import http.client
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.engine.embedded.layout import Layout
from checks.engine.embedded.mounts import unescape
from checks.engine.embedded.settings import OPEN_FILES
from checks.engine.errors import EngineError

READY_LIMIT_S: Final = 90.0
PING_LIMIT_S: Final = 20.0
# Time between the fork and the exec of the program.
GRACE_S: Final = 3.0
POLL_S: Final = 0.1
SHOWN_LINES: Final = 15
# Keeps BuildKit from clipping the output of a step; our own limit of output counts all of it.
UNCLIPPED: Final = {"BUILDKIT_STEP_LOG_MAX_SIZE": "-1", "BUILDKIT_STEP_LOG_MAX_SPEED": "-1"}


def launch(layout: Layout, environment: Mapping[str, str]) -> None:
    """Start both daemons; raise EngineError with the end of the log unless dockerd answers within 90 s."""
    with layout.daemon_log.open("wb") as log:
        containerd = layout.tools / "usr/bin/containerd"
        _detach(
            (containerd, "--config", layout.directory / "containerd.toml"),
            log.fileno(),
            environment,
            layout.tools,
        )
        _wait(layout, layout.containerd_socket.exists, "containerd")
        dockerd = layout.tools / "usr/sbin/dockerd"
        config = layout.directory / "daemon.json"
        _detach((dockerd, "--config-file", config), log.fileno(), {**environment, **UNCLIPPED}, layout.tools)
    _wait(layout, lambda: answers(layout.socket, POLL_S * 10), "dockerd")


def answers(path: Path, limit_s: float = PING_LIMIT_S) -> bool:
    """Whether an engine answers `GET /_ping` on that socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(limit_s)
        try:
            connection.connect(str(path))
            connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            response = http.client.HTTPResponse(connection)
            response.begin()
        except (OSError, http.client.HTTPException):
            return False
        response.close()
        return response.status == http.client.OK


def _detach(command: Sequence[str | Path], log: int, environment: Mapping[str, str], directory: Path) -> None:
    """Start a program in its own session, so that neither Ctrl-C nor the end of the terminal ends it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    soft = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    subprocess.run(
        ("setsid", "--fork", "prlimit", f"--nofile={soft}:", *command),  # noqa: S607 - util-linux is essential
        check=True,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def _wait(layout: Layout, ready: Callable[[], bool], name: str) -> None:
    begun = time.monotonic()
    while not ready():
        waited = time.monotonic() - begun
        gone = waited > GRACE_S and not running(layout, (name,))
        if gone or waited > READY_LIMIT_S:
            what = "it ended" if gone else f"it does not answer after {READY_LIMIT_S:g} s"
            raise EngineError(
                (name,), -1, f"{what}; the end of {layout.daemon_log}:\n{_end_of(layout.daemon_log)}"
            )
        time.sleep(POLL_S)


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-SHOWN_LINES:])


CGROUPS: Final = Path("/sys/fs/cgroup")
PROC: Final = Path("/proc")
DAEMONS: Final = ("dockerd",)
SUPERVISORS: Final = ("containerd",)
SHIMS: Final = ("containerd-shim-runc-v2", "docker-proxy", "runc")
PATIENCE_S: Final = 20.0
AFTER_KILL_S: Final = 10.0


def running(layout: Layout, names: Collection[str]) -> set[int]:
    """Return the ids of the processes that run a program of that name from this engine's own directory."""
    programs = {f"{layout.tools}/usr/{folder}/{name}" for folder in ("bin", "sbin") for name in names}
    # The kernel appends this to a program whose file was replaced (proc_pid_exe(5)).
    return {pid for pid in _pids() if _program(pid).removesuffix(" (deleted)") in programs}


def end_all(layout: Layout) -> None:
    """End dockerd, containerd, the shims and every process in a container or build of this engine."""
    _signal(running(layout, DAEMONS), signal.SIGTERM)
    _signal(_contained(layout), signal.SIGKILL)  # dockerd would wait 10 s for each
    _await_end(layout, DAEMONS, PATIENCE_S)
    _signal(running(layout, SUPERVISORS), signal.SIGTERM)
    _await_end(layout, SUPERVISORS, PATIENCE_S)
    _signal(running(layout, (*SHIMS, *SUPERVISORS)), signal.SIGKILL)
    _signal(_contained(layout), signal.SIGKILL)
    _await_end(layout, (*DAEMONS, *SUPERVISORS, *SHIMS), AFTER_KILL_S)


def _await_end(layout: Layout, names: Collection[str], patience_s: float) -> None:
    """Wait for the programs to end; kill those that take longer (a stopped process receives only SIGKILL)."""
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
    """Return the processes whose root is a layer of this engine; a search by cgroup would miss those of builds."""
    upper = f"upperdir={layout.data}/"
    return {pid for pid in _pids() if any(upper in line for line in _root_mounts(pid))}


def _root_mounts(pid: int) -> list[str]:
    lines = _read(PROC / str(pid) / "mountinfo").splitlines()
    return [unescape(line) for line in lines if line.split(" ")[4:5] == ["/"]]


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _program(pid: int) -> str:
    """Return the path of the program of a process; "" for one that has ended, and for a kernel thread."""
    try:
        return str((PROC / str(pid) / "exe").readlink())
    except OSError:
        return ""


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def remove_cgroups(layout: Layout) -> None:
    """Remove the empty control groups of the engine and its builds, in v1 (one in each hierarchy) and v2."""
    builds = f"graded-lab-{layout.identity}-*"
    names = (layout.cgroup, builds)
    for top in (path for name in names for where in (name, f"*/{name}") for path in CGROUPS.glob(where)):
        for directory, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):  # a process in it is not quite gone: the next start removes it
                Path(directory).rmdir()
