"""Start containerd and dockerd away from whoever asked for it, and wait until they answer."""

import http.client
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from checks.engine.embedded import processes
from checks.engine.embedded.layout import Layout
from checks.engine.embedded.settings import OPEN_FILES
from checks.engine.errors import EngineError

READY_LIMIT_S: Final = 90.0
PING_LIMIT_S: Final = 20.0
# Between its fork and the start of the program itself.
GRACE_S: Final = 3.0
POLL_S: Final = 0.1
SHOWN_LINES: Final = 15
# BuildKit would leave out what a step prints too much or too fast; builds have a limit of output instead.
UNCLIPPED: Final = {"BUILDKIT_STEP_LOG_MAX_SIZE": "-1", "BUILDKIT_STEP_LOG_MAX_SPEED": "-1"}


def launch(layout: Layout, environment: Mapping[str, str]) -> None:
    """Start both; EngineError, with the end of the log, unless dockerd answers within 90 s."""
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
    """In a session of its own: neither Ctrl-C nor the end of the caller's terminal reaches it."""
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
        gone = waited > GRACE_S and not processes.running(layout, (name,))
        if gone or waited > READY_LIMIT_S:
            what = "it ended" if gone else f"it does not answer after {READY_LIMIT_S:g} s"
            raise EngineError(
                (name,), -1, f"{what}; the end of {layout.daemon_log}:\n{_end_of(layout.daemon_log)}"
            )
        time.sleep(POLL_S)


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-SHOWN_LINES:])
