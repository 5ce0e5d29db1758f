"""Paths of a Compose file, which must stay in the folder that is graded, through links too."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.parsing.yamlnode import YamlNode

SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")
MAX_PATH = 4_096  # as of Linux; to follow a longer one, part by part, takes seconds
OUTSIDE = "is outside of this folder, and the grader reads and mounts nothing from there"


@dataclass(frozen=True, slots=True)
class Confined:
    """The folder `root`, and what is in it."""

    root: Path

    def refusals(self, node: YamlNode | None, below: str = ".") -> Iterator[tuple[YamlNode, str]]:
        """Why the path that a node holds may not be used; `below` is the folder it is relative to."""
        if node is None or not isinstance(node.value, str):
            return
        why = self.refusal(node.text, below)
        if why:
            yield node, why

    def refusal(self, written: str, below: str = ".") -> str:
        """The reason, or "" for a path that stays inside."""
        if len(written) > MAX_PATH:
            return f"a path of {len(written):,} characters: no system takes more than {MAX_PATH:,}"
        if any(written.rstrip("/").endswith(socket) for socket in SOCKETS):
            return f"`{written}` is the engine's socket: whoever has it is root on this machine"
        if "://" in written or written.startswith(("git@", "github.com/")):
            return f"`{written}` is fetched from elsewhere"
        if written.startswith("~") or "\0" in written or "\\" in written:
            return f"`{written}` {OUTSIDE}"
        try:
            path = Path(os.path.realpath(self.root / below / written))
        except (OSError, ValueError):
            return f"`{written}` {OUTSIDE}"
        return "" if path.is_relative_to(os.path.realpath(self.root)) else f"`{written}` {OUTSIDE}"
