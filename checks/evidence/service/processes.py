"""The processes of a container as the engine sees them from outside, without programs of the image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.engine.container import Running


@dataclass(frozen=True, slots=True)
class Process:
    """One process: `uid` is the user's number in the container, `command` includes the arguments.

    `pid` and `parent` are the machine's numbers.
    """

    uid: int
    command: str
    pid: int = 0
    parent: int = 0


def processes(running: Running) -> tuple[Process, ...]:
    """Return every current process of the container; () if it has ended."""
    from docker.errors import APIError

    try:
        top: Any = running.container.top(ps_args="-eo uid,pid,ppid,args")
    except APIError:
        if not running.is_over():
            raise
        return ()
    root = root_of(running.engine.client.info())
    return tuple(
        Process(int(uid) - root, " ".join(words), int(pid), int(parent))
        for uid, pid, parent, *words in top["Processes"] or ()
    )


def service_processes(running: Running) -> tuple[Process, ...]:
    """Return the first process and those that come from it.

    Health checks come from outside, and whether one is there at this moment is chance.
    """
    return below(int(running.inspect()["State"]["Pid"]), processes(running))


def below(pid: int, found: Sequence[Process]) -> tuple[Process, ...]:
    """Return the process with this number and its descendants."""
    kept = {pid}
    for _ in found:  # each round adds a generation, in any order of the list
        kept |= {process.pid for process in found if process.parent in kept}
    return tuple(process for process in found if process.pid in kept)


def root_of(info: Mapping[str, Any]) -> int:
    """Return the machine's uid of a container's root user, which is not 0 if the engine maps users.

    `docker top` shows the machine's uids. With `userns-remap`, the name of the engine's data folder has the number.
    """
    if "name=userns" not in (info.get("SecurityOptions") or ()):
        return 0
    return int(str(info["DockerRootDir"]).rpartition("/")[2].partition(".")[0])


def views(running: Running) -> tuple[tuple[str, object], ...]:
    """Return the data of a container that every user of Docker can see, each with the command that shows it.

    `docker exec` starts `env` inside. An image can have another program of that name, but cannot hide anything with
    it: such a process gets its environment only from the container's configuration, which `docker inspect` shows.
    """
    facts = running.inspect()
    return (
        ("docker inspect <container>", facts),
        ("docker inspect <image>", running.engine.client.images.get(facts["Image"]).attrs),
        ("docker top <container>", "\n".join(process.command for process in processes(running))),
        ("docker logs <container>", running.logs()),
        ("docker inspect <container>, under State.Health,", _health(running, facts)),
        ("docker exec <container> env", _inside(running, ["env"])),
    )


def _health(running: Running, facts: Mapping[str, Any]) -> str:
    """Run the health check and return its output, which the engine would later keep for `docker inspect`."""
    match (facts["Config"].get("Healthcheck") or {}).get("Test"):
        case ["CMD", *words]:
            return _inside(running, words)
        case ["CMD-SHELL", text]:
            return _inside(running, [*(facts["Config"].get("Shell") or ("/bin/sh", "-c")), text])
    return ""


def _inside(running: Running, words: Sequence[str]) -> str:
    from checks.engine.container import run_inside

    return run_inside(running.engine, str(running.container.id), words)
