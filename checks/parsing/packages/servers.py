"""Parse a uvicorn command line: the app that it serves, its address and its port.

Options follow uvicorn's command line (click): `--host X` or `--host=X`, in any order, and the last one counts.
The defaults are `UVICORN_HOST` and `UVICORN_PORT`, else 127.0.0.1 and 8000.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

# The options of uvicorn that take no value, so that a value is not taken for the app.
_SWITCHES = frozenset(
    {"--reload", "--access-log", "--no-access-log", "--use-colors", "--no-use-colors", "--proxy-headers",
     "--no-proxy-headers", "--server-header", "--no-server-header", "--date-header", "--no-date-header",
     "--factory", "--version", "--help"}
)  # fmt: skip
_DEFAULTS = {"--host": "127.0.0.1", "--port": "8000"}


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """A parsed uvicorn command line."""

    app: str  # "" if not given
    host: str
    port: str
    given: frozenset[str] = frozenset()  # `--host`, if an option or a variable sets it


def is_uvicorn(argv: Sequence[str]) -> bool:
    """Whether this starts uvicorn itself: the program, or `python -m uvicorn`."""
    return _arguments(argv) is not None


def server_command(
    entrypoint: Sequence[str], cmd: Sequence[str], environment: Mapping[str, str]
) -> ServerCommand:
    """Parse ENTRYPOINT plus CMD, or CMD if only that starts uvicorn; else take CMD for uvicorn's arguments."""
    together = (_arguments([*entrypoint, *cmd]), _arguments(cmd), cmd)
    arguments = next(found for found in together if found is not None)
    options = {
        name: environment.get(f"UVICORN_{name[2:].upper()}", value) for name, value in _DEFAULTS.items()
    }
    given = {name for name in _DEFAULTS if f"UVICORN_{name[2:].upper()}" in environment}
    app, rest = "", deque(arguments)
    while rest:
        word = rest.popleft()
        name, has_value, value = word.partition("=")
        if not word.startswith("-"):
            app = app or word
        elif has_value:
            options[name] = value
            given.add(name)
        elif word not in _SWITCHES and rest:
            options[name] = rest.popleft()
            given.add(name)
    return ServerCommand(app, options["--host"], options["--port"], frozenset(given))


def _arguments(argv: Sequence[str]) -> Sequence[str] | None:
    match [PurePosixPath(argv[0]).name, *argv[1:]] if argv else []:
        case ["uvicorn", *arguments]:
            return arguments
        case [python, "-m", "uvicorn", *arguments] if python.startswith("python"):
            return arguments
    return None
