"""iptables, unpacked or the machine's own, with the backend that this kernel supports."""

import subprocess
from functools import cached_property
from pathlib import Path
from typing import Final

from checks.engine.commands import attempt
from checks.engine.embedded.layout import environment_of
from checks.engine.errors import EngineError

# The backend that the host uses comes first; a kernel may know only one of the two.
BACKENDS: Final = ("iptables", "iptables-nft", "iptables-legacy")
WAIT_S: Final = "10"


class Iptables:
    """The iptables of an engine whose programs are in `tools`."""

    def __init__(self, tools: Path) -> None:
        self._tools = tools

    def rule(self, table: str, *words: str) -> None:
        """Change a rule; raise EngineError if that fails, or if no iptables works."""
        if not self.backend:
            raise EngineError(
                BACKENDS, 1, "there is no iptables that works: the kernel's nat table is missing"
            )
        command = self._command(table, *words)
        done = self.call(*command)
        if done.returncode:
            raise EngineError(command, done.returncode, done.stdout + done.stderr)

    def attempt(self, table: str, *words: str) -> bool:
        """Try to change a rule; return whether it succeeded."""
        return bool(self.backend) and self.call(*self._command(table, *words)).returncode == 0

    @cached_property
    def backend(self) -> str:
        """Return the first that this kernel supports, or "". Asking the others would create empty tables there."""
        return next((name for name in BACKENDS if self._knows_nat(name)), "")

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program with `tools` as working directory, since the path to the extensions is relative."""
        directory = self._tools if self._tools.is_dir() else None
        return attempt(command, environment=environment_of(self._tools), directory=directory)

    def _command(self, table: str, *words: str) -> tuple[str, ...]:
        return (self.backend, "-w", WAIT_S, "-t", table, *words)

    def _knows_nat(self, name: str) -> bool:
        try:
            return self.call(name, "-w", WAIT_S, "-t", "nat", "-S", "POSTROUTING").returncode == 0
        except EngineError:  # this machine has no such program
            return False
