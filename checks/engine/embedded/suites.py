"""Which distribution this is, and where its packages come from: read from the host's own apt.

Nothing here names a mirror. apt itself says what its sources are, in whichever of the two styles they
are written (sources.list(5)), and keeps its own proxies, credentials and certificates.
"""

import platform
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import run
from checks.engine.embedded.choice import RELEASES
from checks.engine.errors import NoEngine

# Hosts whose own engine is older than the newest; a later release than these brings its own.
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
    """The host's release, the one that the engine comes from, and the lines of a sources.list for both."""

    host: str
    engine: str
    lines: tuple[str, ...]

    @property
    def host_lines(self) -> tuple[str, ...]:
        """The lines of the host's own release alone."""
        return tuple(line for line in self.lines if _release(line).startswith(self.host))


def releases() -> tuple[str, ...]:
    """The releases that an engine for this host may come from, the newest first; NoEngine as `suites`."""
    host = _host_release()
    return RELEASES if host in OLDER_RELEASES else (host,)


def suites(release: str = "") -> Suites:
    """Ask the host for its sources, of its own release and of the engine's (by default the newest).

    Raises NoEngine where it is no Debian, too old, or has no source of packages.
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
    """The host's sources of its own release, with `release` in the place of its name."""
    wanted = {f"{host}{pocket}": f"{release}{pocket}" for pocket in POCKETS}
    answer = run(("apt-get", "indextargets", "--no-release-info", "--format", FIELDS, "Identifier: Packages"))
    found = [line.split("|") for line in answer.stdout.splitlines()]
    return [
        f"deb {_options(entry)}{uri} {wanted[suite]} {component}"
        for uri, suite, component, origin, entry in found
        if suite in wanted and component == "main" and (origin == "Debian" or origin.startswith("$"))
    ]


def _options(entry: str) -> str:
    """Trust what the host trusts for this source, and Debian's own keys for its other releases."""
    source = Path(entry.rpartition(":")[0])
    text = source.read_text("utf-8", "replace") if source.is_file() else ""
    named = [path for path in SIGNED_BY.findall(text) if path.startswith("/")]
    keys = dict.fromkeys((*named, *(str(path) for path in KEYRINGS if path.exists())))
    return f"[signed-by={','.join(keys)}] " if keys else ""


def _release(line: str) -> str:
    return line.split()[-2]
