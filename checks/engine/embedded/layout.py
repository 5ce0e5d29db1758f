"""Where one embedded engine keeps what; every name that the machine shares is derived from its directory.

One at a time: two starts of one engine, or two engines choosing addresses.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[3]
DEFAULT: Final = PROJECT / ".engine"

# Sockets have a path limit of 108 bytes (unix(7)) and clones live in long paths.
RUNTIME: Final = Path("/run/graded-docker-lab")


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of the engine in `directory` (absolute, resolved), and its share of the machine."""

    directory: Path

    @property
    def identity(self) -> str:
        """Short enough for the name of a network device, which has 15 characters."""
        return hashlib.sha256(bytes(self.directory)).hexdigest()[:10]

    @property
    def tools(self) -> Path:
        return self.directory / "tools"

    @property
    def downloads(self) -> Path:
        return self.directory / "downloads"

    @property
    def image(self) -> Path:
        """Holds the file system that is mounted at `disk`."""
        return self.directory / "disk.img"

    @property
    def disk(self) -> Path:
        return self.directory / "disk"

    @property
    def data(self) -> Path:
        return self.disk / "data"

    @property
    def containerd_data(self) -> Path:
        return self.disk / "containerd"

    @property
    def client_config(self) -> Path:
        return self.directory / "config"

    @property
    def given_up(self) -> Path:
        """Why another release is taken in the place of this one."""
        return self.directory / "given-up"

    @property
    def daemon_log(self) -> Path:
        return self.directory / "dockerd.log"

    @property
    def runtime(self) -> Path:
        return RUNTIME / self.identity

    @property
    def lock(self) -> Path:
        """Beside the runtime directory, since `clean` deletes everything else."""
        return RUNTIME / f"{self.identity}.lock"

    @property
    def socket(self) -> Path:
        return self.runtime / "docker.sock"

    @property
    def containerd_socket(self) -> Path:
        return self.runtime / "containerd.sock"

    @property
    def pool(self) -> Path:
        """Holds the range of addresses that this engine has claimed."""
        return self.runtime / "pool"

    @property
    def bridge(self) -> str:
        return f"gdl{self.identity}"

    @property
    def chain(self) -> str:
        return f"GDL-{self.identity}"

    @property
    def cgroup(self) -> str:
        return f"gdl-{self.identity}"


def layout(directory: Path | None = None) -> Layout:
    """The layout of the engine in `directory`; by default that of this project."""
    return Layout((directory or DEFAULT).resolve())


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold `lock`, waiting for it; the system lets go of it when its holder dies, however it dies."""
    lock.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
