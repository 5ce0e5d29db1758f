"""Download the engine's programs with apt and unpack them beside the project, without installing them."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.engine.commands import run
from checks.engine.embedded.apt import PrivateApt
from checks.engine.embedded.iptables import Iptables
from checks.engine.embedded.layout import DEFAULT, SYSTEM_PATH, Layout, only_one
from checks.engine.embedded.suites import Suites, suites
from checks.engine.errors import EngineError

# These need only libc 2.34 and libsystemd, which every Debian since 12 has.
ENGINE_PACKAGES: Final = ("docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd")
# In the engine's release these two need a newer libc than Debian 12 has.
HOST_PACKAGES: Final = ("runc", "tini")
# Programs that a machine may lack, and their packages.
HELPERS: Final = {"iptables": "iptables", "ip": "iproute2", "mmdebstrap": "mmdebstrap"}
# Measured: 112 MB of lists and packages, 380 MB unpacked.
ROOM_NEEDED: Final = 700_000_000
# Raise this whenever the steps below change.
RECIPE: Final = 3
STAMP: Final = "stamp.json"


def ensure_tools(
    layout: Layout,
    progress: Callable[[str], None],
    downloads: Path | None = None,
    release: str = "",
) -> None:
    """Install the programs of `release` in `layout.tools`, atomically; engines may share `downloads`."""
    origin = suites(release)
    if _stamp(layout.tools).get("recipe") == _recipe(origin) or _linked(layout, _recipe(origin)):
        return
    try:
        _make(layout, origin, progress, downloads or layout.downloads)
    except (OSError, EngineError) as error:
        if os.strerror(errno.ENOSPC) not in str(error):  # as the system, apt and dpkg say it
            raise
        raise _full(layout.directory, str(error)) from error
    if downloads is None:
        shutil.rmtree(layout.downloads)


def made_of(layout: Layout) -> str:
    """Return the release whose packages are unpacked there; "" if the programs are missing."""
    return str(_stamp(layout.tools).get("release", ""))


def _linked(layout: Layout, recipe: str) -> bool:
    """Hard-link the programs of another engine of this project with the same recipe; return whether one exists."""
    for other in layout.directory.parent.glob(f"{DEFAULT.name}*/tools"):
        if other != layout.tools and _stamp(other).get("recipe") == recipe:
            with suppress(OSError):  # it is being deleted
                half_made = _half_made(layout)
                shutil.copytree(other, half_made, symlinks=True, copy_function=os.link, dirs_exist_ok=True)
                _finish(layout, half_made)
                return True
    return False


def _stamp(tools: Path) -> Mapping[str, object]:
    try:
        found = json.loads((tools / STAMP).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _recipe(origin: Suites) -> str:
    parts = (RECIPE, origin.host, origin.engine, ENGINE_PACKAGES, HOST_PACKAGES, _missing_helpers())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _missing_helpers() -> Sequence[str]:
    return [package for program, package in HELPERS.items() if not shutil.which(program, path=SYSTEM_PATH)]


def _make(layout: Layout, origin: Suites, progress: Callable[[str], None], downloads: Path) -> None:
    """Unpack into a temporary directory, and rename it last, so that a killed start leaves no partial tools."""
    free = shutil.disk_usage(layout.directory).free
    if free < ROOM_NEEDED:
        raise _full(layout.directory, f"{free // 1_000_000} MB are free")
    packages = _download(origin, progress, downloads)
    progress(f"unpacking the engine ({len(packages)} packages)")
    half_made = _half_made(layout)
    for package in packages:
        run(("dpkg-deb", "--extract", package, half_made))
    _settle_iptables(half_made)
    stamp = {
        "recipe": _recipe(origin),
        "release": origin.engine,
        "packages": [package.name for package in packages],
    }
    (half_made / STAMP).write_text(json.dumps(stamp, indent=1))
    _finish(layout, half_made)


def _half_made(layout: Layout) -> Path:
    """Create an empty temporary directory beside `tools`."""
    directory = layout.directory / "tools.new"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    return directory


def _finish(layout: Layout, half_made: Path) -> None:
    shutil.rmtree(layout.tools, ignore_errors=True)
    half_made.rename(layout.tools)


def _settle_iptables(tools: Path) -> None:
    """Link `iptables` to a working backend, as Debian's alternatives do: dockerd looks for that name."""
    programs = [tools / f"usr/sbin/xtables-{backend}-multi" for backend in ("nft", "legacy")]
    iptables = Iptables(tools)
    usable = [program for program in programs if program.exists() and _knows_nat(iptables, program)]
    for program in usable[:1]:
        for name in ("iptables", "ip6tables"):
            (tools / "usr/sbin" / name).symlink_to(program.name)


def _knows_nat(iptables: Iptables, program: Path) -> bool:
    return iptables.call(str(program), "iptables", "-t", "nat", "-S").returncode == 0


def _download(origin: Suites, progress: Callable[[str], None], downloads: Path) -> Sequence[Path]:
    """Download the packages to unpack; only one engine at a time uses a directory of downloads."""
    with only_one(downloads / "lock"):
        return _fetch(PrivateApt(downloads / origin.engine, origin), progress)


def _fetch(apt: PrivateApt, progress: Callable[[str], None]) -> Sequence[Path]:
    progress("reading the lists of packages (20 MB)")
    apt.update()
    progress("downloading the engine's packages (93 MB)")
    apt.fetch_alone(ENGINE_PACKAGES, apt.suites.engine)
    apt.fetch_alone(HOST_PACKAGES, apt.suites.host)
    apt.fetch(_missing_helpers())
    return _newest(apt.archives)


def _newest(archives: Path) -> Sequence[Path]:
    """Return the newest file of each package, since shared downloads may hold older versions too."""
    by_age = sorted(archives.glob("*.deb"), key=lambda package: package.stat().st_mtime)
    return list({package.name.partition("_")[0]: package for package in by_age}.values())


def _full(directory: Path, detail: str) -> EngineError:
    room = f"the disk below {directory} is too full: {ROOM_NEEDED // 1_000_000} MB are needed ({detail})"
    return EngineError(("unpack", str(directory)), errno.ENOSPC, room)
