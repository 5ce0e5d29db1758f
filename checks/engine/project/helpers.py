"""Helper containers, for operations on a student's containers and folders that need root on the engine's machine.

They run a base image of ours. `docker kill` does not simulate a crash: the engine takes it for a stop by the user,
and restarts nothing. So a helper that sees the processes of the engine's machine sends the signal.
"""

import time
from pathlib import Path

from checks.engine.container import Running
from checks.engine.engine import Engine
from checks.engine.run import Run

SECONDS = 10.0  # to wait for a service that is between two starts
GONE = 3  # the helper's exit code when the process has gone


class NotRunning(Exception):  # noqa: N818 - the state of the student's service, no fault of ours
    """The service has ended, so it has no process to kill."""


def crash(running: Running, run: Run, image: str) -> str:
    """Kill the container's first process with SIGKILL; return the time at which that process had started.

    `image` is a base image with a shell. Raises `NotRunning` for a service that has ended, or that keeps ending
    before the signal reaches it.
    """
    from docker.errors import ContainerError

    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        state = running.inspect()["State"]
        if state["Status"] in {"exited", "dead", "created"}:
            break
        try:
            if process := int(state["Pid"]):
                _kill(running, run, image, process)
                return str(state["StartedAt"])
        except ContainerError as error:
            if error.exit_status != GONE:
                raise
        time.sleep(0.2)
    raise NotRunning(running.ending())


def _kill(running: Running, run: Run, image: str, process: int) -> None:
    """Kill the process if it is still in that container; its number may belong to another process by now."""
    own = f"grep -q {running.container.id} /proc/{process}/cgroup"
    running.engine.client.containers.run(
        image,
        ["sh", "-c", f"{own} && kill -KILL {process} || exit {GONE}"],
        entrypoint=[],
        pid_mode="host",
        userns_mode="host",
        network_mode="none",
        user="0",
        remove=True,
        labels=run.labels,
        mem_limit="64m",
    )


def empty(engine: Engine, run: Run, image: str, folder: Path) -> None:
    """Empty a folder in which containers left files of other users, mostly root. `image` is a base image."""
    engine.client.containers.run(
        image,
        ["find", "/folder", "-mindepth", "1", "-delete"],
        entrypoint=[],
        volumes=[f"{folder}:/folder"],
        network_mode="none",
        user="0",
        remove=True,
        labels=run.labels,
        mem_limit="256m",
    )
