"""Kill a container's process as the kernel would: `docker kill` is somebody's wish, and no crash.

After `docker kill` the engine restarts nothing. So the signal comes from a helper of our own image that sees
the processes of the engine's machine, which is not always this one (Docker Desktop has a machine of its own).
"""

from checks.engine.container import Running
from checks.engine.ownership import Run


def crash(running: Running, run: Run, image: str) -> None:
    """End the container's first process with SIGKILL; `image` is a base image of ours, with a shell."""
    process = int(running.inspect()["State"]["Pid"])
    running.engine.client.containers.run(
        image,
        ["sh", "-c", f"kill -KILL {process}"],
        entrypoint=[],
        pid_mode="host",
        network_mode="none",
        user="0",
        remove=True,
        labels=run.labels,
        mem_limit="64m",
    )
