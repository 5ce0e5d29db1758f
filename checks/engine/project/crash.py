"""Kill a container's process as the kernel would: `docker kill` is somebody's wish, and no crash.

After `docker kill` the engine restarts nothing. So the signal comes from a helper of our own image that sees
the processes of the engine's machine, which is not always this one (Docker Desktop has a machine of its own).
"""

import time

from checks.engine.container import Running
from checks.engine.run import Run

SECONDS = 10.0  # for a service that is between two starts to be at work
GONE = 3  # the helper's exit code when there was no such process any more


class NotRunning(Exception):  # noqa: N818 - what became of the student's service, no fault of ours
    """There is no process to kill: the service has ended by itself."""


def crash(running: Running, run: Run, image: str) -> str:
    """End the container's first process with SIGKILL, and say when it had begun.

    `image` is a base image of ours, with a shell. Raises `NotRunning` for a service that has ended, or that ends
    again and again before anybody can kill it.
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
    """Kill it if it is still that container's: by now its number may be that of any process of the machine."""
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
