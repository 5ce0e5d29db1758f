"""The processes of a container as the engine sees them from outside, where no program of the image is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.engine.container import Running


@dataclass(frozen=True, slots=True)
class Process:
    """`uid` as the container counts users; `command` with its arguments."""

    uid: int
    command: str


def processes(running: Running) -> tuple[Process, ...]:
    """Every process that there is now; none when the container has ended."""
    from docker.errors import APIError

    try:
        top: Any = running.container.top(ps_args="-eo uid,pid,args")
    except APIError:
        if not running.is_over():
            raise
        return ()
    root = root_of(running.engine.client.info())
    return tuple(Process(int(row[0]) - root, " ".join(row[2:])) for row in top["Processes"] or ())


def root_of(info: Mapping[str, Any]) -> int:
    """The machine's number of the user who is root in a container: not 0 where the engine maps users.

    `docker top` counts as the machine does. With `userns-remap`, the folder of the engine's data tells the number.
    """
    if "name=userns" not in (info.get("SecurityOptions") or ()):
        return 0
    return int(str(info["DockerRootDir"]).rpartition("/")[2].partition(".")[0])


def views(running: Running) -> tuple[tuple[str, object], ...]:
    """What others get to see of a container, each with the command that shows it: who may call Docker sees all.

    `docker exec` starts `env` inside. An image can have another program of that name; what that would hide
    is what `docker inspect` shows, since nothing but the container's configuration goes into the environment
    of a process that is started so.
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
    """What the health check prints, which the engine keeps for `docker inspect`; asked for, not waited for."""
    match (facts["Config"].get("Healthcheck") or {}).get("Test"):
        case ["CMD", *words]:
            return _inside(running, words)
        case ["CMD-SHELL", text]:
            return _inside(running, [*(facts["Config"].get("Shell") or ("/bin/sh", "-c")), text])
    return ""


def _inside(running: Running, words: Sequence[str]) -> str:
    from checks.engine.container import run_inside

    return run_inside(running.engine, str(running.container.id), words)
