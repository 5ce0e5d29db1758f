"""What becomes of a key of a Compose file on the grading machine, and why; and which paths it may name.

Each key is judged by its effect: without one it is dropped, if it takes resources it is bounded, and if it
reaches out of the project it is refused. A key that is in no table is refused. Paths must stay in the graded
folder, through links too.
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
    """The folder `root`, which no path may leave."""

    root: Path

    def refusals(self, node: YamlNode | None, below: str = ".") -> Iterator[tuple[YamlNode, str]]:
        """Why the path in a node may not be used; `below` is the folder that it is relative to."""
        if node is None or not isinstance(node.value, str):
            return
        why = self.refusal(node.text, below)
        if why:
            yield node, why

    def refusal(self, written: str, below: str = ".") -> str:
        """Why the path is refused; "" for a path that stays inside."""
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
    """What can become of a key."""

    RUN = "run"
    DROPPED = "dropped"
    BOUNDED = "bounded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `reaching` yields the parts of its value that are refused, `but` names the values that are not.

    `kept`: the engine gets the key as written; bounded keys are usually written anew.
    """

    effect: Effect
    why: str = ""
    reaching: Reaching = lambda _node, _confined: ()
    but: str = ""
    kept: bool = False

    @property
    def can_pass(self) -> bool:
        """Whether any value of it is let in."""
        return self.effect is not Effect.REFUSED or bool(self.but)


def run(why: str = "") -> Key:
    """A key that the engine gets as it is written."""
    return Key(Effect.RUN, why, kept=True)


def dropped(why: str, reaching: Reaching = lambda _node, _confined: ()) -> Key:
    """A key that is left out, since nothing that is graded depends on it."""
    return Key(Effect.DROPPED, why, reaching)


def bounded(why: str, *, kept: bool = False) -> Key:
    """A key that takes resources: the grader's limits hold, where the file's own are not lower."""
    return Key(Effect.BOUNDED, why, kept=kept)


def refused(why: str) -> Key:
    """A key that reaches out of the project, whatever it says."""
    return Key(Effect.REFUSED, why, lambda node, _confined: (node,))


def refused_unless(but: str, reaching: Reaching, why: str, *, kept: bool = True) -> Key:
    """A key that reaches out of the project, some of its values aside."""
    return Key(Effect.REFUSED, why, reaching, but, kept=kept)


def judged(node: YamlNode, keys: Mapping[str, Key], confined: Confined, above: str = "") -> Found:
    """What a mapping asks for that reaches out; `above` names the mapping (`build.`)."""
    for name, child in node.items() if node.is_mapping else ():
        if name.startswith("x-") or child.value in NOTHING:
            continue
        key = keys.get(name, refused(UNKNOWN))
        for part in key.reaching(child, confined):
            yield part, reason(f"{above}{name}", key)


def reason(name: str, key: Key) -> str:
    """What a person reads about a key that is refused."""
    if key.why == UNKNOWN:
        return f"`{name}` is refused: {UNKNOWN}"
    but = f"; allowed here: {key.but}" if key.but else ""
    return f"`{name}` is refused, since it reaches out: {key.why}{but}"
