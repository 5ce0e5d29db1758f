"""The paths and names of one embedded engine, and the environment of its programs.

Every name that it uses on the machine (sockets, bridge, chains, control group) derives from its directory.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
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
    """The files of the engine in `directory` (absolute, resolved), and its names on the machine."""

    directory: Path

    @property
    def identity(self) -> str:
        """Return a hash of the directory, short enough for the name of a network device (15 characters)."""
        return hashlib.sha256(bytes(self.directory)).hexdigest()[:10]

    @property
    def tools(self) -> Path:
        return self.directory / "tools"

    @property
    def downloads(self) -> Path:
        return self.directory / "downloads"

    @property
    def image(self) -> Path:
        """The sparse file with the file system that is mounted at `disk`."""
        return self.directory / "disk.img"

    @property
    def boot(self) -> Path:
        """The file that names the boot of this machine in which that file system was mounted, and not unmounted."""
        return self.directory / "boot"

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
        """The file that says why an older release runs instead of this one."""
        return self.directory / "given-up"

    @property
    def daemon_log(self) -> Path:
        return self.directory / "dockerd.log"

    @property
    def runtime(self) -> Path:
        return RUNTIME / self.identity

    @property
    def lock(self) -> Path:
        """The lock file, beside the runtime directory, since `clean` deletes everything else."""
        return RUNTIME / f"{self.identity}.lock"

    @property
    def socket(self) -> Path:
        return self.runtime / "docker.sock"

    @property
    def containerd_socket(self) -> Path:
        return self.runtime / "containerd.sock"

    @property
    def pool(self) -> Path:
        """The file with the range of addresses that this engine has claimed."""
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
    """Return the layout of the engine in `directory`; by default that of this project."""
    return Layout((directory or DEFAULT).resolve())


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Wait for `lock` and hold it, against two starts of one engine, or two engines that choose addresses.

    The kernel releases it when its holder dies.
    """
    lock.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment_of(tools: Path) -> dict[str, str]:
    """Return the environment in which the programs in `tools` find each other, libraries and proxies.

    iptables keeps 255 characters of the path to its extensions, so that path is relative: iptables and dockerd
    run with `tools` as their working directory.
    """
    libraries = sorted(tools.glob("usr/lib/*-linux-gnu*"))
    path = f"{tools}/usr/sbin:{tools}/usr/bin:{tools}/sbin:{os.environ.get('PATH', '')}:{SYSTEM_PATH}"
    found = {"PATH": path, "LD_LIBRARY_PATH": ":".join(map(str, libraries)), "LC_ALL": "C.UTF-8"}
    if extensions := [folder / "xtables" for folder in libraries if (folder / "xtables").is_dir()]:
        found["XTABLES_LIBDIR"] = str(extensions[0].relative_to(tools))
    return {**_inherited(), **found}


def _inherited() -> Mapping[str, str]:
    names = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir", "home")
    return {name: value for name, value in os.environ.items() if name.lower() in names}
