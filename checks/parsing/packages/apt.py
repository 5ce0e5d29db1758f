"""Parse calls of apt: packages, options, repositories."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from checks.parsing.shell import Command
from checks.parsing.shell.file_commands import writes
from checks.parsing.shell.options import Arguments, read_arguments

LISTS = "/var/lib/apt/lists"  # Dir::State::lists, where `apt-get update` puts what it fetches
_PROGRAMS = frozenset({"apt", "apt-get", "aptitude"})
_PLACES = frozenset({"", "/usr/bin", "/bin"})  # elsewhere, another program may have the name
_VALUED = frozenset(
    {
        "-o", "--option", "-t", "--target-release", "--default-release", "-c", "--config-file",
        "-a", "--host-architecture", "-P", "--build-profiles", "--solver",
    }
)  # fmt: skip
# With one of these options, apt only prints what it would do, or downloads without installing.
_HARMLESS = (
    "-s", "--simulate", "--just-print", "--dry-run", "--recon", "--no-act", "-d", "--download-only",
    "--print-uris",
)  # fmt: skip
_HARMLESS_SETTING = re.compile(
    r"APT::Get::(?:Simulate|Download-Only|Print-URIs)=(?:1|true|yes|on|with|enable)", re.IGNORECASE
)
_FALSE = frozenset({"0", "false", "no", "off", "without", "disable"})  # apt's StringToBool
_INSTALLING = frozenset({"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"})
_REMOVING = frozenset({"remove", "purge", "autoremove", "auto-remove", "autopurge"})
_PACKAGE = re.compile(
    r"(?P<name>[^=/:]*)(?::(?P<arch>[^=/]*))?(?:=(?P<version>.*)|/(?P<suite>.*))?", re.DOTALL
)
_RECOMMENDS = re.compile(
    r"APT\s*(?:::|\{(?:[^{}]*;)?)\s*Install-Recommends\s*(?:=|\s)\s*\"?(\w+)", re.IGNORECASE
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|^[^\S\n]*#[^\n]*", re.DOTALL | re.MULTILINE)  # apt.conf(5)
_CONFIGURATION = re.compile(r"/etc/apt/apt\.conf\.d/(?:[\w-]+|[\w.-]+\.conf)", re.ASCII)
_PPA_HOST = re.compile(r"//ppa\.[\w.-]+/([\w.+-]+)/([\w.+-]+)")  # an archive of PPAs, on any mirror
_SOURCE = re.compile(r"^[^\S\n]*(?:deb\s+(?:\[[^\]\n]*\]\s*)?|URIs:\s*)(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """`name[:arch][=version|/suite]`; a trailing minus sets `removed`."""

    name: str
    version: str = ""
    arch: str = ""
    suite: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class AptCommand:
    """One call of apt. `subcommand` is empty without one."""

    command: Command
    subcommand: str
    arguments: Arguments
    packages: tuple[Package, ...]

    @property
    def installs(self) -> bool:
        """Whether it may install packages."""
        told = self.arguments.values("-o", "--option")
        only_says = self.arguments.has(*_HARMLESS) or any(map(_HARMLESS_SETTING.fullmatch, told))
        return self.subcommand in _INSTALLING and not only_says

    @property
    def adds_packages(self) -> bool:
        """Whether it may install new packages, unlike `upgrade` and `reinstall`."""
        return self.installs and self.subcommand not in {"upgrade", "reinstall"}

    @property
    def removes(self) -> bool:
        """Whether it removes packages."""
        return self.subcommand in _REMOVING or any(package.removed for package in self.packages)

    @property
    def recommends(self) -> bool | None:
        """Whether this call installs recommended packages; None if its options do not say."""
        said = None
        for option in self.arguments.options:
            if option.name in {"--no-install-recommends", "--without-recommends"}:
                said = False
            elif option.name in {"--install-recommends", "--with-recommends"}:
                said = option.value is None or option.value.lower() not in _FALSE
            elif option.name in {"-o", "--option"}:
                said = said if (set_to := recommends_set(option.value or "")) is None else set_to
        return said

    def names(self) -> frozenset[str]:
        """Return the names of the packages that it installs."""
        return frozenset(package.name for package in self.packages if not package.removed)


@dataclass(frozen=True, slots=True)
class AptRepository:
    """A repository that is added: `ppa:owner/name`, or the address or line as written."""

    command: Command
    name: str


@dataclass(frozen=True, slots=True)
class AptSetting:
    """A file of apt's configuration that turns recommended packages off or on."""

    command: Command
    path: str
    recommends: bool


def recommends_set(text: str) -> bool | None:
    """Return the last value of `APT::Install-Recommends` in an option or a file, or None."""
    values = _RECOMMENDS.findall(_COMMENT.sub("", text))
    return values[-1].lower() not in _FALSE if values else None


def apt_command(command: Command, environment: Mapping[str, str] | None = None) -> AptCommand | None:
    """Parse a call of apt, expanding variables from this environment; None for another command."""
    if command.name not in _PROGRAMS or posixpath.dirname(command.argv[0]) not in _PLACES:
        return None
    arguments = read_arguments(command.expand(environment or {})[1:], _VALUED)
    subcommand, *names = arguments.operands or ("",)
    return AptCommand(command, subcommand, arguments, tuple(map(_package, names)))


def _package(text: str) -> Package:
    """Parse one package. A trailing `+` or `-` means "install" or "remove"; names such as `g++` keep theirs."""
    removed = text.endswith("-")
    text = text[:-1] if removed or (text.endswith("+") and not text.endswith("++")) else text
    match = _PACKAGE.fullmatch(text)
    parts = match.groupdict(default="") if match else {"name": text, "version": "", "arch": "", "suite": ""}
    return Package(**parts, removed=removed)


def apt_repositories(
    commands: Iterable[Command], environment: Mapping[str, str] | None = None
) -> Iterator[AptRepository]:
    """Yield every repository that `add-apt-repository` or a file in sources.list.d adds."""
    commands = tuple(commands)
    for command in commands:
        if command.name in {"add-apt-repository", "apt-add-repository"}:
            yield from _added(command, environment or {})
    for write in writes(commands, environment or {}):
        if "/etc/apt/sources.list" in write.path:
            yield from (AptRepository(write.command, _repository(uri)) for uri in _SOURCE.findall(write.text))


def _added(command: Command, environment: Mapping[str, str]) -> Iterator[AptRepository]:
    valued = frozenset({"-P", "--ppa", "-C", "--cloud", "-U", "--uri", "-S", "--sourceslist", "-c", "-p"})
    arguments = read_arguments(command.expand(environment)[1:], valued)
    if arguments.has("-r", "--remove"):
        return
    ppas = (f"ppa:{value.removeprefix('ppa:')}" for value in arguments.values("-P", "--ppa"))
    others = (*arguments.operands, *arguments.values("-U", "--uri", "-S", "--sourceslist"))
    yield from (AptRepository(command, name) for name in (*ppas, *map(_repository, others)))


def _repository(text: str) -> str:
    match = _PPA_HOST.search(text)
    return f"ppa:{match[1]}/{match[2]}" if match else text


def apt_settings(
    commands: Iterable[Command], environment: Mapping[str, str] | None = None
) -> Iterator[AptSetting]:
    """Yield every written file of apt's configuration that sets whether to install recommended packages."""
    for write in writes(tuple(commands), environment or {}):
        recommends = recommends_set(write.text)
        if is_apt_configuration(write.path) and recommends is not None:
            yield AptSetting(write.command, write.path, recommends)


def is_apt_configuration(path: str) -> bool:
    """Whether apt reads this file: in `apt.conf.d` only `name` and `name.conf`, says apt.conf(5)."""
    return path == "/etc/apt/apt.conf" or bool(_CONFIGURATION.fullmatch(path))
