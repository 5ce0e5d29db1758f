"""Choose the Debian release of the embedded engine, and find the apt sources for it.

Two environment variables choose the release and the image store. Each choice has its own directory, since an
older engine cannot read a newer one's files, and one store does not see the images of the other.

This module names no mirror. apt itself lists its sources in any format (sources.list(5)), and keeps its own
proxies, credentials and certificates.
"""

import os
import platform
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import run
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
    """The release ("" for the newest that starts) and the image store ("" for the older, quicker one)."""

    release: str = ""
    store: str = ""

    @property
    def directory(self) -> Path:
        """Return `.engine` for the newest release and the older store, with what differs appended to the name."""
        release = "" if self.release == RELEASES[0] else self.release
        store = self.store if self.store == CONTAINERD else ""
        return DEFAULT.with_name("-".join(filter(None, (DEFAULT.name, release, store))))


def asked() -> Choice:
    """Return the choice in the environment; raise NoEngine for an unknown release or store."""
    return Choice(_one_of(RELEASE_VARIABLE, RELEASES), _one_of(STORE_VARIABLE, STORES))


def directories() -> list[Path]:
    """Return the directories of every embedded engine of this project."""
    return sorted(path for path in DEFAULT.parent.glob(f"{DEFAULT.name}*") if path.is_dir())


def _one_of(variable: str, known: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "")
    if value and value not in known:
        raise NoEngine(f"{variable} is `{value}`: say {' or '.join(known)}, or leave it out.")
    return value


# Host releases that run an engine from `RELEASES`; a later release uses its own packages.
OLDER_RELEASES: Final = ("bookworm", *RELEASES)
KEYRINGS: Final = (
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
)
POCKETS: Final = ("", "-updates", "-security")
FIELDS: Final = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(SOURCESENTRY)"
SIGNED_BY: Final = re.compile(r"signed-by\s*[=:]\s*([^\s\]]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suites:
    """The host's release, the engine's release, and the lines of a sources.list for both."""

    host: str
    engine: str
    lines: tuple[str, ...]

    @property
    def host_lines(self) -> tuple[str, ...]:
        """Only the lines of the host's own release."""
        return tuple(line for line in self.lines if _release(line).startswith(self.host))


def releases() -> tuple[str, ...]:
    """Return the releases that an engine for this host may come from, newest first; raise NoEngine as `suites`."""
    host = _host_release()
    return RELEASES if host in OLDER_RELEASES else (host,)


def suites(release: str = "") -> Suites:
    """Return the host's apt sources, for its own release and for the engine's (by default the newest).

    Raises NoEngine if the host is not Debian, too old, or without apt sources.
    """
    host = _host_release()
    engine = release or releases()[0]
    lines = dict.fromkeys(line for release in (host, engine) for line in _lines(host, release))
    if not any(_release(line) == host for line in lines):
        raise NoEngine(f"apt has no source for `{host} main`: add one to /etc/apt/sources.list.")
    return Suites(host, engine, tuple(lines))


def _host_release() -> str:
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        facts = {}
    missing = [program for program in ("apt-get", "dpkg", "dpkg-deb") if shutil.which(program) is None]
    if facts.get("ID") != "debian" or missing:
        raise NoEngine("it is made from Debian packages, and this is no Debian: start Docker itself.")
    release = facts.get("VERSION_CODENAME", "sid")
    if release in ("buster", "bullseye"):
        raise NoEngine(f"it needs Debian 12 or newer, and this is {release}: start Docker itself.")
    return release


def _lines(host: str, release: str) -> list[str]:
    """Return the host's sources of its own release, with `release` in place of the host's."""
    wanted = {f"{host}{pocket}": f"{release}{pocket}" for pocket in POCKETS}
    answer = run(("apt-get", "indextargets", "--no-release-info", "--format", FIELDS, "Identifier: Packages"))
    found = [line.split("|") for line in answer.stdout.splitlines()]
    return [
        f"deb {_options(entry)}{uri} {wanted[suite]} {component}"
        for uri, suite, component, origin, entry in found
        if suite in wanted and component == "main" and (origin == "Debian" or origin.startswith("$"))
    ]


def _options(entry: str) -> str:
    """Return the option that trusts the host's keys for this source, and Debian's keys for other releases."""
    source = Path(entry.rpartition(":")[0])
    text = source.read_text("utf-8", "replace") if source.is_file() else ""
    named = [path for path in SIGNED_BY.findall(text) if path.startswith("/")]
    keys = dict.fromkeys((*named, *(str(path) for path in KEYRINGS if path.exists())))
    return f"[signed-by={','.join(keys)}] " if keys else ""


def _release(line: str) -> str:
    return line.split()[-2]
