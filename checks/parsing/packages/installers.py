"""Detect installs by any package manager, for rules that check only the order of instructions."""

from collections.abc import Mapping

from checks.parsing.packages.apt import apt_command
from checks.parsing.packages.pip import pip_command
from checks.parsing.shell import Command
from checks.parsing.shell.options import read_arguments

# From each program's help; an empty word means the program without a subcommand (`yarn`).
_SUBCOMMANDS: Mapping[str, frozenset[str]] = {
    "apk": frozenset({"add"}),
    "bundle": frozenset({"", "install"}),
    "conda": frozenset({"install", "create", "update", "env"}),
    "dnf": frozenset({"install", "groupinstall", "reinstall"}),
    "gem": frozenset({"install"}),
    "mamba": frozenset({"install", "create", "update", "env"}),
    "microdnf": frozenset({"install"}),
    "micromamba": frozenset({"install", "create", "update", "env"}),
    "npm": frozenset({"install", "i", "ci", "clean-install", "add"}),
    "pdm": frozenset({"install", "sync", "add"}),
    "pipenv": frozenset({"install", "sync"}),
    "pipx": frozenset({"install"}),
    "pnpm": frozenset({"install", "i", "add"}),
    "poetry": frozenset({"install", "add", "sync"}),
    "uv": frozenset({"sync", "add"}),
    "yarn": frozenset({"", "install", "add"}),
    "yum": frozenset({"install", "localinstall", "reinstall"}),
    "zypper": frozenset({"install", "in"}),
}
_VALUED = frozenset(
    {"-C", "--directory", "--project", "--prefix", "--cwd", "-P", "--root", "-n", "--name", "-p"}
)


def installer(command: Command, environment: Mapping[str, str] | None = None) -> str:
    """Return the program that installs packages here (`pip`, `apt-get`, `poetry`), or an empty string."""
    if pip := pip_command(command, environment):
        return "pip" if pip.installs else ""
    if apt := apt_command(command, environment):
        return command.name if apt.installs else ""
    words = command.expand(environment or {})
    name = command.name
    if words[1:2] == ("-m",) and name.startswith("python") and len(words) > 2:  # noqa: PLR2004 - -m and a name
        name, words = words[2], words[2:]
    subcommands = _SUBCOMMANDS.get(name, frozenset())
    operands = read_arguments(words[1:], _VALUED).operands
    return name if (operands[0] if operands else "") in subcommands and not _asks(words) else ""


def is_install(command: Command, environment: Mapping[str, str] | None = None) -> bool:
    """Whether the command installs packages."""
    return bool(installer(command, environment))


def _asks(words: tuple[str, ...]) -> bool:
    """Whether it only asks for help or the version: `yarn --version` installs nothing."""
    return bool({"--version", "--help", "-h"} & set(words))
