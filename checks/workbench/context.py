"""The context of a workbench command: one lab, the engine that grades it, and the person's terminal.

An engine's clients get the engine's environment and nothing of the person's, but for the variables that
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

_DUMB = frozenset({"", "dumb"})  # values of TERM: no place on the screen can be named
_NAMES = frozenset(
    {"TERM", "TERMINFO", "TERMINFO_DIRS", "TERM_PROGRAM", "COLORTERM", "NO_COLOR", "CLICOLOR", "FORCE_COLOR",
     "LANG", "LANGUAGE", "LINES", "COLUMNS", "TZ"}
)  # fmt: skip
_LOCALE = "LC_"


def can_draw(stream: TextIO) -> bool:
    """Whether a program can draw a screen there."""
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB


def terminal_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of an environment that are about its terminal and its language."""
    return {name: value for name, value in environment.items() if name in _NAMES or name.startswith(_LOCALE)}


GRACE_SECONDS = 15  # for a program that was told to end


class UsageError(Exception):
    """Something that the person must say or mend first."""


class Workbench:
    """One lab, and the engine it is built on."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    @cached_property
    def engine(self) -> Engine:
        """The one that `grade` uses; raises `NoEngine`."""
        with Progress.on(sys.stderr).step("looks for an engine") as say:
            return find("auto", say)

    @property
    def tag(self) -> str:
        """The name that the README gives to the lab's main image."""
        return self.lab.images[self.lab.dockerfile].tag

    def fetch(self, bases: Iterable[str]) -> None:
        """Have these images on the engine, pulled or stood in for; raises `BaseUnavailable`."""
        for base in bases:
            with Progress.on(sys.stderr).step(f"fetches {base}") as say:
                ensure_base(self.engine, base, say)

    def docker(self, *arguments: str) -> int:
        """Run `docker ...` in front of the student; its exit status."""
        return self.call([str(self.engine.cli), *arguments], self.engine.environment)

    def call(self, command: list[str], environment: Mapping[str, str] | None = None) -> int:
        """Print a command, run it and pass Ctrl-C on to it; its exit status.

        With an `environment` it gets that, and what it must know of the terminal.
        """
        print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", file=sys.stderr)
        given = None if environment is None else {**environment, **terminal_variables(os.environ)}
        with subprocess.Popen(command, env=given) as process:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the terminal tells everybody of Ctrl-C, kill only us
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)
                process.kill()
                raise
