"""Which embedded engine: the release of Debian that its packages come from, and where it keeps its images.

Two variables of the environment say so. Each choice has a directory of its own, since what a newer engine wrote is
not read by an older one, and the images of one store are not seen by the other.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.embedded.layout import DEFAULT
from checks.engine.errors import NoEngine

RELEASE_VARIABLE: Final = "ENGINE_RELEASE"
STORE_VARIABLE: Final = "ENGINE_STORE"
# Docker Engine 28.5 and 26.1; the newest first. Releases before these have an engine without BuildKit.
RELEASES: Final = ("forky", "trixie")
CONTAINERD: Final = "containerd"
STORES: Final = ("overlay2", CONTAINERD)


@dataclass(frozen=True, slots=True)
class Choice:
    """`release`: "" is the newest that can be had and starts; `store`: "" is the older one, which is quicker."""

    release: str = ""
    store: str = ""

    @property
    def directory(self) -> Path:
        """`.engine` in this project for the newest release and the older store, else named after what differs."""
        release = "" if self.release == RELEASES[0] else self.release
        store = self.store if self.store == CONTAINERD else ""
        return DEFAULT.with_name("-".join(filter(None, (DEFAULT.name, release, store))))


def asked() -> Choice:
    """What the environment asks for; raises NoEngine for what there is not."""
    return Choice(_one_of(RELEASE_VARIABLE, RELEASES), _one_of(STORE_VARIABLE, STORES))


def directories() -> list[Path]:
    """Of every embedded engine that this project has."""
    return sorted(path for path in DEFAULT.parent.glob(f"{DEFAULT.name}*") if path.is_dir())


def _one_of(variable: str, known: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "")
    if value and value not in known:
        raise NoEngine(f"{variable} is `{value}`: say {' or '.join(known)}, or leave it out.")
    return value
