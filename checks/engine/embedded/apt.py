"""A private apt that uses the host's mirrors, proxies and keys, and changes nothing on the host."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import run
from checks.engine.embedded.suites import Suites
from checks.engine.errors import NoEngine

DOWNLOAD_LIMIT_S: Final = 1800.0
RETRIES: Final = 3
# With a longer path (apt's SafeGetCWD), apt would download into `/` instead.
LONGEST_PATH: Final = 299

# apt reads this last (apt.conf(5), `-c`), so it ignores the host's hooks, sources and pins.
SETTINGS: Final = """\
Dir::Etc::sourcelist "{directory}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "{directory}/lists";
Dir::Cache "{directory}/cache";
Dir::Cache::archives "{directory}/archives";
APT::Default-Release "{release}";
APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "true";
Acquire::Retries "{retries}";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


@dataclass(frozen=True, slots=True)
class PrivateApt:
    """apt with its lists and archives below `directory`; it verifies and reuses earlier downloads."""

    directory: Path
    suites: Suites

    @property
    def archives(self) -> Path:
        return self.directory / "archives"

    def update(self) -> None:
        """Download the lists of both releases; raise `NoEngine` if the path is too long for apt."""
        if (length := len(bytes(self.archives))) > LONGEST_PATH:
            too_long = (
                f"apt works in paths of at most {LONGEST_PATH} characters, and {self.archives} has {length}"
            )
            raise NoEngine(
                f"{too_long}: put this folder somewhere with a shorter path, or start Docker itself."
            )
        for part in ("lists/partial", "cache", "archives/partial"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(directory=self.directory, release=self.suites.host, retries=RETRIES)
        (self.directory / "apt.conf").write_text(settings)
        (self.directory / "sources.list").write_text("\n".join(self.suites.lines) + "\n")
        self._get("update", "--error-on=any")

    def fetch(self, packages: Sequence[str]) -> None:
        """Download packages of the host's release, with the dependencies that the host lacks."""
        if packages:
            self._get("install", "--download-only", "--no-install-recommends", *packages)

    def fetch_alone(self, packages: Sequence[str], release: str) -> None:
        """Download packages of `release` without their dependencies."""
        self._get("download", *(f"{package}/{release}" for package in packages))

    def _get(self, verb: str, *words: str) -> None:
        command: list[str | Path] = ["apt-get", "-q", "-y", "-c", self.directory / "apt.conf", verb, *words]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        run(command, environment=environment, time_limit_s=DOWNLOAD_LIMIT_S, directory=self.archives)
