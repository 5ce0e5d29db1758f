"""An apt of our own: the host's mirror, proxies and keys, but nothing of the host is changed."""

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
# In a directory with a longer path (apt's SafeGetCWD) it would put what it downloads into `/` instead.
LONGEST_PATH: Final = 299

# Read last (apt.conf(5), `-c`): the host's hooks are not run, the host's sources and pins are not read.
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
    """apt with its lists and archives below `directory`; what is there already is verified and reused."""

    directory: Path
    suites: Suites

    @property
    def archives(self) -> Path:
        return self.directory / "archives"

    def update(self) -> None:
        """Bring the lists of both releases; raises `NoEngine` where apt could not work."""
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
        """Bring packages of the host's release, with what they need and the host has not."""
        if packages:
            self._get("install", "--download-only", "--no-install-recommends", *packages)

    def fetch_alone(self, packages: Sequence[str], release: str) -> None:
        """Bring packages of `release` without what they need."""
        self._get("download", *(f"{package}/{release}" for package in packages))

    def _get(self, verb: str, *words: str) -> None:
        command: list[str | Path] = ["apt-get", "-q", "-y", "-c", self.directory / "apt.conf", verb, *words]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        run(command, environment=environment, time_limit_s=DOWNLOAD_LIMIT_S, directory=self.archives)
