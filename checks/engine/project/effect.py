"""The effect of a Compose file's key on the grading machine, the reason for it, and the paths that a key may name.

The grader drops a key without effect, bounds a key that takes resources, and refuses a key that reaches out of the
project or that is in no table. Paths must stay in the graded folder, also through links.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from checks.parsing.text.yaml_node import YamlNode

SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")
MAX_PATH = 4_096  # Linux's own limit; resolving longer ones takes seconds
OUTSIDE = "is outside of this folder, and the grader reads and mounts nothing from there"


@dataclass(frozen=True, slots=True)
class Confined:
    """The folder `root` that all paths must stay in."""

    root: Path

    def refusals(self, node: YamlNode | None, below: str = ".") -> Iterator[tuple[YamlNode, str]]:
        """Yield why the path in a node is refused; `below` is the folder that it is relative to."""
        if node is None or not isinstance(node.value, str):
            return
        why = self.refusal(node.text, below)
        if why:
            yield node, why

    def refusal(self, written: str, below: str = ".") -> str:
        """Return why the path is refused; "" for a path that stays inside."""
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


Found = Iterator[tuple[YamlNode, str]]
Reaching = Callable[[YamlNode, Confined], Iterable[YamlNode]]
NOTHING: tuple[object, ...] = (False, None, "", [], {})
"""Values with which a key asks for nothing."""
UNKNOWN = "the grader does not know what it can do"


class Effect(StrEnum):
    """How the grader treats a key."""

    RUN = "run"
    DROPPED = "dropped"
    BOUNDED = "bounded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `reaching` yields the refused parts of its value, `but` names the allowed values.

    `kept`: the engine gets the key as written; the grader usually writes bounded keys anew.
    """

    effect: Effect
    why: str = ""
    reaching: Reaching = lambda _node, _confined: ()
    but: str = ""
    kept: bool = False

    @property
    def can_pass(self) -> bool:
        """Whether the grader allows any value of it."""
        return self.effect is not Effect.REFUSED or bool(self.but)


def run(why: str = "") -> Key:
    """Return a key that the engine gets as written."""
    return Key(Effect.RUN, why, kept=True)


def dropped(why: str, reaching: Reaching = lambda _node, _confined: ()) -> Key:
    """Return a key that the grader leaves out, since no check depends on it."""
    return Key(Effect.DROPPED, why, reaching)


def bounded(why: str, *, kept: bool = False) -> Key:
    """Return a key that takes resources; the grader's limits apply unless the file's are lower."""
    return Key(Effect.BOUNDED, why, kept=kept)


def refused(why: str) -> Key:
    """Return a key that reaches out of the project with any value."""
    return Key(Effect.REFUSED, why, lambda node, _confined: (node,))


def refused_unless(but: str, reaching: Reaching, why: str, *, kept: bool = True) -> Key:
    """Return a key that reaches out of the project, except with some values."""
    return Key(Effect.REFUSED, why, reaching, but, kept=kept)


def judged(node: YamlNode, keys: Mapping[str, Key], confined: Confined, above: str = "") -> Found:
    """Yield the parts of a mapping that reach out, and why; `above` names the mapping (`build.`)."""
    for name, child in node.items() if node.is_mapping else ():
        if name.startswith("x-") or child.value in NOTHING:
            continue
        key = keys.get(name, refused(UNKNOWN))
        for part in key.reaching(child, confined):
            yield part, reason(f"{above}{name}", key)


def reason(name: str, key: Key) -> str:
    """Return the sentence that tells the student why a key is refused."""
    if key.why == UNKNOWN:
        return f"`{name}` is refused: {UNKNOWN}"
    but = f"; allowed here: {key.but}" if key.but else ""
    return f"`{name}` is refused, since it reaches out: {key.why}{but}"
