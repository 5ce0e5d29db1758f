"""Parse calls of pip, also as `python -m pip` and `uv pip`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from checks.parsing.packages.specifiers import Requirement, parse_requirement
from checks.parsing.shell import Command, Redirect
from checks.parsing.shell.options import Arguments, read_arguments

_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*|pypy[0-9.]*")
_LOST = re.compile(r"=|[0-9]+(?:\.[0-9*]+)*,?$")
# The options that take a value, from `pip --help`, `pip install --help` and `uv pip install --help`.
_VALUED = """
    -w --wheel-dir -r --requirement --requirements -c --constraint --constraints -e --editable -t --target
    --platform --python-version --implementation --abi --root --prefix --src --upgrade-strategy -C
    --config-settings --config-setting --global-option --install-option --build-option --no-binary
    --only-binary --report --progress-bar --root-user-action -i --index-url --pypi-url
    --extra-index-url -f --find-links --log --log-file --local-log --proxy --retries --timeout
    --exists-action --trusted-host --cert --client-cert --cache-dir --use-feature --use-deprecated
    --keyring-provider --python -p --resume-retries --group -d --dest --build-constraint --override
    --overrides --resolution --prerelease --exclude-newer --link-mode --index --default-index
    --index-strategy --allow-insecure-host --uploaded-prior-to --refresh-package --reinstall-package
    --upgrade-package -P --no-build-isolation-package
"""
#: The booleans that pip accepts in a variable (distutils' strtobool).
_BOOLEANS = frozenset({"y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"})


@dataclass(frozen=True, slots=True)
class PipCommand:
    """One call of pip. `program` is `pip` or `uv pip`; `requirements` are those on the command line."""

    command: Command
    program: str
    subcommand: str
    arguments: Arguments
    requirements: tuple[Requirement, ...]
    environment: Mapping[str, str]

    @property
    def installs(self) -> bool:
        """Whether it installs packages; with `--dry-run` it only prints what it would do."""
        asked = self.subcommand == "install" or (self.program == "uv pip" and self.subcommand == "sync")
        return asked and not self.arguments.has("--dry-run")

    def uninstalls(self, name: str) -> bool:
        """Whether it uninstalls the package of this normalised name."""
        return self.subcommand == "uninstall" and any(entry.name == name for entry in self.requirements)

    @property
    def python(self) -> str:
        """The Python that it installs for, if its name or an option says so (`pip3.8`, `--python 3.8`), else ""."""
        given = self.arguments.values("--python", "-p")
        told = (given[-1:] if self.program == "uv pip" else ()) or (self.command.name,)
        return told[0] if "." in told[0] else ""

    @property
    def requirement_files(self) -> tuple[str, ...]:
        """The paths after `-r`, as written."""
        given = self.arguments.values("-r", "--requirement", "--requirements")
        return (*given, *(self.arguments.operands[1:] if self.subcommand == "sync" else ()))

    @property
    def constraint_files(self) -> tuple[str, ...]:
        """The paths after `-c`, as written."""
        return self.arguments.values("-c", "--constraint", "--constraints")

    @property
    def lost_versions(self) -> tuple[Redirect, ...]:
        """Redirects that were meant as versions: an unquoted `flask>=2` writes to a file named `=2`."""
        return tuple(
            redirect
            for redirect in self.command.redirects
            if redirect.operator in {">", "<", ">>"} and not redirect.quoted and _LOST.match(redirect.target)
        )

    @property
    def keeps_cache(self) -> bool:
        """Whether its options and environment let it keep downloads in pip's cache directory.

        pip takes any boolean in PIP_NO_CACHE_DIR as "no cache", even `0` and `false` (its
        `_handle_no_cache_dir` says why); an empty value counts as unset, and any other is an error.
        """
        if self.arguments.has(
            "--no-cache-dir", "--no-cache", "-n" if self.program == "uv pip" else "--no-cache"
        ):
            return False
        if self.program == "uv pip":
            return self.environment.get("UV_NO_CACHE", "").lower() not in {"1", "true", "yes", "on", "y", "t"}
        told = "" if self.arguments.has("--isolated") else self.environment.get("PIP_NO_CACHE_DIR", "")
        return not is_boolean(told)

    @property
    def purges_cache(self) -> bool:
        """Whether it is `pip cache purge`, which empties the cache directory."""
        return self.subcommand == "cache" and self.arguments.operands[1:] == ("purge",)

    def cache_path(self, home: str) -> str:
        """Return the cache directory that it uses for a user with this home directory."""
        tool = self.program.partition(" ")[0]
        given = self.arguments.values("--cache-dir")
        told = given[-1] if given else self.environment.get(f"{tool.upper()}_CACHE_DIR", "")
        caches = self.environment.get("XDG_CACHE_HOME") or f"{home.rstrip('/')}/.cache"
        return told.replace("~", home, 1) if told else f"{caches}/{tool}"


def is_boolean(value: str) -> bool:
    """Whether pip accepts the value as a boolean."""
    return value.lower() in _BOOLEANS


def pip_command(command: Command, environment: Mapping[str, str] | None = None) -> PipCommand | None:
    """Parse a call of pip, expanding variables from this environment; None for another command."""
    words = command.expand(environment or {})
    found = _program(command.name, words)
    if not found:
        return None
    program, start = found
    arguments = read_arguments(words[start:], frozenset(_VALUED.split()))
    subcommand, *operands = arguments.operands or ("",)
    named = () if subcommand == "sync" else operands
    requirements = (parse_requirement(text, line=command.line) for text in named)
    editable = (
        replace(parse_requirement(text, line=command.line), editable=True)
        for text in arguments.values("-e", "--editable")
    )
    seen = command.environment(environment or {})
    return PipCommand(command, program, subcommand, arguments, (*requirements, *editable), seen)


def _program(name: str, words: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the program and the index of its first argument, or None for another program."""
    if _PIP.fullmatch(name):
        return "pip", 1
    if name == "uv" and "pip" in words[1:]:
        return "uv pip", words.index("pip", 1) + 1
    if _PYTHON.fullmatch(name):
        return _module(words)
    return None


def _module(words: tuple[str, ...]) -> tuple[str, int] | None:
    """Parse `python -I -m pip` or `python -mpip`; of python's options before it, only -W and -X take values."""
    at = 1
    while at < len(words) and words[at].startswith("-"):
        text = words[at]
        if text.endswith("m") and not text.startswith("--") and words[at + 1 : at + 2] == ("pip",):
            return "pip", at + 2
        if text == "-mpip":
            return "pip", at + 1
        at += 2 if text in {"-W", "-X"} else 1
    return None
