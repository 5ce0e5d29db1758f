"""The context of a workbench command: one lab, the engine that grades it, and the person's terminal.

An engine's clients get the engine's environment, and from the person's only the variables that
describe the terminal: dive, for example, cannot start without TERM.
"""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TextIO

from checks.engine.connect import find
from checks.engine.engine import Engine
from checks.engine.standins import ensure_base
from checks.lab import Lab
from checks.reports.progress import Progress

_DUMB = frozenset({"", "dumb"})  # values of TERM without cursor addressing
_NAMES = frozenset(
    {"TERM", "TERMINFO", "TERMINFO_DIRS", "TERM_PROGRAM", "COLORTERM", "NO_COLOR", "CLICOLOR", "FORCE_COLOR",
     "LANG", "LANGUAGE", "LINES", "COLUMNS", "TZ"}
)  # fmt: skip
_LOCALE = "LC_"


def can_draw(stream: TextIO) -> bool:
    """Whether a program can draw a screen on this stream."""
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB


def terminal_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of an environment that describe the terminal and the language."""
    return {name: value for name, value in environment.items() if name in _NAMES or name.startswith(_LOCALE)}


GRACE_SECONDS = 15  # for a program to end after SIGINT


class UsageError(Exception):
    """The person must give or mend something first; the message says what."""


class Workbench:
    """One lab, and the engine that builds it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    @cached_property
    def engine(self) -> Engine:
        """The engine that `grade` uses; raises `NoEngine` if there is none."""
        with Progress.on(sys.stderr).step("looks for an engine") as say:
            return find("auto", say)

    @property
    def tag(self) -> str:
        """The name that the README gives to the lab's main image."""
        return self.lab.images[self.lab.dockerfile].tag

    def fetch(self, bases: Iterable[str]) -> None:
        """Pull these images or make stand-ins; raise `BaseUnavailable` if neither is possible."""
        for base in bases:
            with Progress.on(sys.stderr).step(f"fetches {base}") as say:
                ensure_base(self.engine, base, say)

    def docker(self, *arguments: str) -> int:
        """Print and run `docker ...`; return its exit status."""
        return self.call([str(self.engine.cli), *arguments], self.engine.environment)

    def call(self, command: list[str], environment: Mapping[str, str] | None = None) -> int:
        """Print a command, run it, pass Ctrl-C on to it, and return its exit status.

        If `environment` is given, the command gets that and the terminal's variables.
        """
        print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", file=sys.stderr)
        given = None if environment is None else {**environment, **terminal_variables(os.environ)}
        with subprocess.Popen(command, env=given) as process:
            try:
                return process.wait()
            except KeyboardInterrupt:  # Ctrl-C signals both processes, `kill` only this one
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)
                process.kill()
                raise
