"""Assertions about what uvicorn is told: which app, on which address and port."""

from collections.abc import Iterator

from checks.expect.failure import CheckFailed
from checks.parsing.instructions import Cmd
from checks.parsing.server import ServerCommand


def serves_as(server: ServerCommand, wanted: ServerCommand, cmd: Cmd, help: str) -> None:
    """The app, the host and the port are these; where a value comes from is told with it."""
    for name, expected, said in _differences(server, wanted, cmd):
        raise CheckFailed(f"the {name} is `{expected}`", said, help, line=cmd.line)


def _differences(server: ServerCommand, wanted: ServerCommand, cmd: Cmd) -> Iterator[tuple[str, str, str]]:
    if server.app != wanted.app:
        yield "app", wanted.app, _shown(server.app) if server.app else f"`{cmd}` names none"
    for name, found, expected in (("host", server.host, wanted.host), ("port", server.port, wanted.port)):
        if found != expected:
            is_default = f"--{name}" not in server.given
            note = f", uvicorn's own: nothing gives it a `--{name}`" if is_default else ""
            yield name, expected, f"{_shown(found)}{note}"


def _shown(value: str) -> str:
    return f"it is `{value}`" + (": in exec form, no shell puts a value in its place" if "$" in value else "")
