"""The network settings of a stand-in: certificates, package index, apt's sources and proxies.

We read them from the host at run time; this project contains no settings of any network.
"""

import ast
import functools
import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import attempt, run
from checks.engine.embedded.suites import Suites, suites

SYSTEM_BUNDLE: Final = Path("/etc/ssl/certs/ca-certificates.crt")
BUNDLE: Final = "/usr/local/share/graded-docker-lab/ca-bundle.crt"
PASSED_ON: Final = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries")
KEYRING_OPTION: Final = re.compile(r"\[signed-by=([^\]]*)\] ")
DEFAULT_INDEX: Final = re.compile(r"Base URL of the Python Package Index \(default (\S+?)\)")
TRUST: Final = f'Acquire::https::CAInfo "{BUNDLE}";\n'
# Same as in the genuine images: no archives, no second copy of the lists, no translations.
APT_OF_IMAGES: Final = """\
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
APT::AutoRemove::SuggestsImportant "false";
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The settings in every stand-in: a bundle of certificates, and the configuration of apt and pip."""

    suites: Suites
    certificates: bytes
    apt: str
    pip: str

    @property
    def sources(self) -> str:
        """The host's sources of its own release, without `signed-by`: apt in the image trusts them anyway."""
        return "".join(f"{KEYRING_OPTION.sub('', line)}\n" for line in self.suites.host_lines)

    @property
    def keyrings(self) -> list[Path]:
        found = [KEYRING_OPTION.search(line) for line in self.suites.host_lines]
        return sorted({Path(path) for match in found if match for path in match[1].split(",")})

    def write(self, tree: Path) -> None:
        """Write the settings as files below `tree`, at their paths in the image."""
        parts = {
            "etc/apt/sources.list": self.sources.encode(),
            "etc/apt/apt.conf.d/99stand-in": (APT_OF_IMAGES + self.apt + TRUST).encode(),
            "etc/pip.conf": self.pip.encode(),
            BUNDLE.lstrip("/"): self.certificates,
        }
        for key in self.keyrings:
            parts[f"etc/apt/trusted.gpg.d/{key.name}"] = key.read_bytes()
        for name, content in parts.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes(content)


def read_surroundings() -> Surroundings:
    """Read the host's apt, pip and TLS settings, in about a second (pip's start)."""
    return Surroundings(suites(), _certificates(), _apt(), _pip_conf(pip_settings()))


def package_index() -> str:
    """Return the URL of pip's index, from its settings, else its default."""
    return pip_settings().get("index-url") or _default_index()


def _certificates() -> bytes:
    named = Path(os.environ.get("SSL_CERT_FILE", SYSTEM_BUNDLE))
    return next((path.read_bytes() for path in (named, SYSTEM_BUNDLE) if path.is_file()), b"")


def _apt() -> str:
    """Return apt's proxies and timeouts, without settings that name files of the host."""
    lines = run(("apt-config", "dump")).stdout.splitlines()
    kept = [line for line in lines if line.startswith(PASSED_ON) and '"/' not in line]
    return "".join(f"{line}\n" for line in kept)


@functools.cache
def pip_settings() -> Mapping[str, str]:
    """Return the output of `pip config list`, by option: the environment wins, then settings for `install`."""
    done = attempt((*_pip(), "config", "list"))
    found: dict[str, str] = {}
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    for line in sorted(lines, key=_rank):
        key, _, value = line.partition("=")
        found.setdefault(key.rpartition(".")[2], str(ast.literal_eval(value)))
    return found


def _rank(line: str) -> int:
    return next((rank for rank, prefix in enumerate((":env:.", "install.")) if line.startswith(prefix)), 2)


def _pip_conf(settings: Mapping[str, str]) -> str:
    """Return a pip.conf with the indexes that are URLs, since files of the host are not in the image."""
    kept = {name: settings.get(name, "").split() for name in ("index-url", "extra-index-url", "trusted-host")}
    usable = {
        name: [url for url in urls if not url.startswith(("file:", "/"))] for name, urls in kept.items()
    }
    lines = [f"{name} = {' '.join(urls)}\n" for name, urls in usable.items() if urls]
    return "".join(("[global]\n", "disable-pip-version-check = true\n", *lines))


def _default_index() -> str:
    """Return pip's default index from its help text; no other interface gives it."""
    done = attempt((*_pip(), "install", "--help"), environment={**os.environ, "COLUMNS": "500"})
    found = DEFAULT_INDEX.search(" ".join(done.stdout.split()))
    return found[1] if found else ""


def _pip() -> tuple[str, ...]:
    has_own = importlib.util.find_spec("pip") is not None
    return (sys.executable, "-m", "pip") if has_own else (shutil.which("pip3") or "pip",)
