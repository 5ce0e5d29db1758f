"""Package steps: the apt and pip calls of a stage in build order, each with its RUN and working directory.

Only commands that run in a successful build are listed. An `echo`, a comment or a command after `||` installs
nothing. The directory is that of WORKDIR, or of a `cd` before the command.
"""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from checks.parsing.dockerfile.accounts import expanded, home_of, is_writable
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.remembered import remembered
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.apt import AptCommand, AptRepository, apt_command, apt_repositories
from checks.parsing.packages.installers import is_install
from checks.parsing.packages.pip import PipCommand, pip_command
from checks.parsing.shell import Command
from checks.parsing.text.overlaid import Overlaid

# With these, add-apt-repository fetches the lists at once.
_UPDATE_OPTIONS = frozenset({"-u", "--update"})
# Since Ubuntu 18.04 it does so by default, except with these.
_NO_UPDATE_OPTIONS = frozenset({"-n", "--no-update"})
_ADDING = frozenset({"add-apt-repository", "apt-add-repository"})


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AptStep:
    """One call of apt, or one command that adds repositories."""

    run: Run
    command: Command
    apt: AptCommand | None
    repositories: tuple[AptRepository, ...]

    @property
    def line(self) -> int:
        """The 1-based line of the command."""
        return self.command.line

    @property
    def updates(self) -> bool:
        """Whether this step is asked to fetch the package lists."""
        asked = bool(_UPDATE_OPTIONS & set(self.command.argv[1:]))
        return self.apt.subcommand == "update" if self.apt else bool(self.repositories) and asked

    @property
    def leaves_lists(self) -> bool:
        """Whether this step leaves package lists; add-apt-repository fetches them by default."""
        adds = self.apt is None and self.command.name in _ADDING
        return self.updates or (adds and not _NO_UPDATE_OPTIONS & set(self.command.argv[1:]))

    def installs(self, package: str) -> bool:
        """Whether this step installs `package`."""
        if self.apt is None or self.apt.subcommand != "install":
            return False
        return self.apt.installs and package in self.apt.names()

    def adds(self, repository: str) -> bool:
        """Whether this step adds `repository`."""
        return any(added.name == repository for added in self.repositories)


@dataclass(frozen=True, slots=True)
class PipStep:
    """One call of pip."""

    run: Run
    pip: PipCommand

    @property
    def line(self) -> int:
        """The 1-based line of the command."""
        return self.pip.command.line

    @property
    def directory(self) -> str:
        """The working directory of the command, after each `cd` before it."""
        return directories(self.run).get(id(self.pip.command), self.run.state.directory)

    @property
    def cache(self) -> str:
        """The absolute path of pip's cache directory."""
        path = self.pip.cache_path(home_of(self.run))
        return posixpath.normpath(posixpath.join(self.run.state.directory, path))

    @property
    def may_cache(self) -> bool:
        """Whether its user may create the cache directory; if not, pip warns and does not cache."""
        home = home_of(self.run)
        return is_writable(home, self.run) or not self.cache.startswith(f"{home.rstrip('/')}/.cache/")


def runs_of(stage: Stage) -> tuple[Run, ...]:
    """Return every RUN in the lineage of the stage, in build order."""
    return tuple(instruction for instruction in stage.lineage if isinstance(instruction, Run))


@remembered
def variables_at(run: Run) -> Mapping[str, str]:
    """Return the variables of a RUN: `HOME`, build arguments, and the environment, which wins."""
    return Overlaid((run.state.environment, run.state.arguments, {"HOME": home_of(run)}))


def installing_runs(stage: Stage) -> tuple[Run, ...]:
    """Return every RUN that installs packages with any package manager, in order."""
    return tuple(filter(installs, runs_of(stage)))


@remembered
def installs(run: Run) -> bool:
    """Whether a RUN installs packages with any package manager."""
    variables = variables_at(run)
    return any(command.runs and is_install(command, variables) for command in run.commands)


def apt_steps(stage: Stage) -> tuple[AptStep, ...]:
    """Return the calls of apt and additions of repositories, in order."""
    return tuple(step for run in runs_of(stage) for step in apt_steps_of(run))


def apt_installs(stage: Stage) -> tuple[AptStep, ...]:
    """Return the calls of apt that may install new packages, in order."""
    return tuple(step for step in apt_steps(stage) if step.apt and step.apt.adds_packages)


def pip_installs(stage: Stage) -> tuple[PipStep, ...]:
    """Return the calls of `pip install`, in order."""
    return tuple(step for run in runs_of(stage) for step in pip_steps_of(run) if step.pip.installs)


@remembered
def apt_steps_of(run: Run) -> tuple[AptStep, ...]:
    """Return the apt steps of one RUN, in order."""
    variables = variables_at(run)
    commands = [command for command in run.commands if command.runs]
    added = by_command((entry.command, entry) for entry in apt_repositories(commands, variables))
    steps = (
        AptStep(run, command, apt_command(command, variables), tuple(added.get(id(command), ())))
        for command in commands
    )
    return tuple(step for step in steps if step.apt or step.repositories)


@remembered
def pip_steps_of(run: Run) -> tuple[PipStep, ...]:
    """Return the pip steps of one RUN, in order."""
    variables = variables_at(run)
    found = (pip_command(command, variables) for command in run.commands if command.runs)
    return tuple(PipStep(run, pip) for pip in found if pip is not None)


def by_command(entries: Iterable[tuple[Command, T]]) -> Mapping[int, Sequence[T]]:
    """Group entries by the `id` of their command, because two commands may be equal."""
    found: dict[int, list[T]] = {}
    for command, entry in entries:
        found.setdefault(id(command), []).append(entry)
    return found


MAX_PATH = 4_096  # Linux's PATH_MAX


@remembered
def directories(run: Run) -> Mapping[int, str]:
    """Return the working directory of each command that runs, by its `id`."""
    variables, home = variables_at(run), home_of(run)
    there: dict[tuple[str, ...], str] = {(): run.state.directory}
    found: dict[int, str] = {}
    for command in run.commands:
        if not command.runs:
            continue
        found[id(command)] = directory = _directory(command, there)
        if command.name == "cd" and len(words := command.fields(variables)) > 1:
            there[command.context] = posixpath.join(directory, expanded(*words[1], home))[:MAX_PATH]
    return found


def _directory(command: Command, there: Mapping[tuple[str, ...], str]) -> str:
    """Return the working directory of a command; a `cd` counts in its own context and in nested ones."""
    outwards = (command.context[:end] for end in range(len(command.context), -1, -1))
    return next(there[context] for context in outwards if context in there)
