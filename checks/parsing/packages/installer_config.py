"""Installer settings: whether pip keeps its cache and apt installs recommended packages.

Options of the command come first, then the configuration files and variables that the tool finds. The locations
are from pip's manual ("Configuration", "Location"); pip parses a value there as it does PIP_NO_CACHE_DIR.
"""

import configparser
from collections.abc import Iterator

from checks.parsing.dockerfile.accounts import home_of
from checks.parsing.dockerfile.instructions import CopyOrAdd, Run
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.apt import apt_settings, is_apt_configuration, recommends_set
from checks.parsing.packages.package_steps import (
    AptStep,
    PipStep,
    apt_steps_of,
    by_command,
    pip_steps_of,
    variables_at,
)
from checks.parsing.packages.pip import PipCommand, is_boolean
from checks.parsing.shell.file_commands import writes

_GLOBAL = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf")
_OF_A_USER = (".config/pip/pip.conf", ".pip/pip.conf")
_SECTIONS = ("global", "install")
_KEYS = {f"{section}.no-cache-dir" for section in _SECTIONS}


def keeping_cache(stage: Stage) -> Iterator[PipStep]:
    """Yield every `pip install` of the stage that leaves its cache in pip's cache directory, in order."""
    configured = dict[str, bool]()
    for instruction in stage.lineage:
        if isinstance(instruction, CopyOrAdd):
            configured.update((path, _turns_off(text)) for path, text in instruction.written.items())
        elif isinstance(instruction, Run):
            yield from _kept(instruction, configured)


def _kept(run: Run, configured: dict[str, bool]) -> Iterator[PipStep]:
    """Yield those of one RUN; add its settings to `configured` for the commands after them."""
    variables, home = variables_at(run), home_of(run)
    texts = writes([command for command in run.commands if command.runs], variables)
    written = by_command((entry.command, entry) for entry in texts)
    steps = by_command((step.pip.command, step) for step in pip_steps_of(run))
    for command in run.commands:
        configured.update((entry.path, _turns_off(entry.text)) for entry in written.get(id(command), ()))
        for step in steps.get(id(command), ()):
            configured.update(_set(step.pip, home))
            if step.pip.installs and step.pip.keeps_cache and not _in_force(step.pip, home, configured):
                yield step


def _set(pip: PipCommand, home: str) -> Iterator[tuple[str, bool]]:
    """Yield what `pip config set global.no-cache-dir true` or `unset` changes, by default in the user's file."""
    if pip.subcommand != "config":
        return
    path = _GLOBAL[0] if pip.arguments.has("--global", "--site") else f"{home}/{_OF_A_USER[0]}"
    match pip.arguments.operands[1:]:
        case ("set", key, value) if key in _KEYS:
            yield path, is_boolean(value)
        case ("unset", key) if key in _KEYS:
            yield path, False


def _in_force(pip: PipCommand, home: str, configured: dict[str, bool]) -> bool:
    """Whether a file that this call of pip reads turns the cache off."""
    if pip.program != "pip":
        return False
    told = pip.environment.get("PIP_CONFIG_FILE", "")
    if told == "/dev/null":
        return False
    own = [] if pip.arguments.has("--isolated") else [f"{home}/{path}" for path in _OF_A_USER]
    return any(configured.get(path, False) for path in (*_GLOBAL, *own, told))


def _turns_off(text: str) -> bool:
    if "no-cache-dir" not in text.lower():
        return False  # most files that a RUN writes do not configure pip
    file = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        file.read_string(text)
    except configparser.Error:
        return False
    return any(is_boolean(file.get(section, "no-cache-dir", fallback="")) for section in _SECTIONS)


def brings_recommended(stage: Stage) -> Iterator[AptStep]:
    """Yield every call of apt in the stage that may install recommended packages, in order."""
    configured = dict[str, bool]()
    for instruction in stage.lineage:
        if isinstance(instruction, CopyOrAdd):
            configured.update(_copied(instruction))
        elif isinstance(instruction, Run):
            yield from _brought(instruction, configured)


def _copied(copy: CopyOrAdd) -> Iterator[tuple[str, bool]]:
    """Yield the apt configuration that a heredoc of COPY or ADD writes."""
    for path, text in copy.written.items():
        recommends = recommends_set(text)
        if is_apt_configuration(path) and recommends is not None:
            yield path, recommends


def _brought(run: Run, configured: dict[str, bool]) -> Iterator[AptStep]:
    """Yield those of one RUN; add the files it writes to `configured` for the commands after them."""
    variables = variables_at(run)
    settings = apt_settings([command for command in run.commands if command.runs], variables)
    written = by_command((entry.command, entry) for entry in settings)
    steps = by_command((step.command, step) for step in apt_steps_of(run))
    for command in run.commands:
        configured.update((entry.path, entry.recommends) for entry in written.get(id(command), ()))
        for step in steps.get(id(command), ()):
            if step.apt and step.apt.adds_packages:
                said = step.apt.recommends
                if said is None:
                    said = _brings_recommended(configured)
                if said:
                    yield step


def _brings_recommended(configured: dict[str, bool]) -> bool:
    """Return the setting in force: apt reads files by name, apt.conf last, and the last one counts."""
    last = max(configured, key=lambda path: (path == "/etc/apt/apt.conf", path), default=None)
    return configured[last] if last else True
