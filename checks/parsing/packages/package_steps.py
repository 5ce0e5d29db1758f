"""Package steps: the apt and pip calls of a stage in build order, each with its RUN and working directory.

Only commands that run when the build succeeds are listed. An `echo`, a comment or a command behind `||` installs
nothing. The directory is WORKDIR's, or that of a `cd` before the command.
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

# apt's own switch to fetch the lists at once: `add-apt-repository --update`.
_UPDATE_OPTIONS = frozenset({"-u", "--update"})
# Since Ubuntu 18.04 that is what it does anyway, unless it is told not to.
_NO_UPDATE_OPTIONS = frozenset({"-n", "--no-update"})
_ADDING = frozenset({"add-apt-repository", "apt-add-repository"})


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AptStep:
    """One call of apt, or one repository that is added."""

    run: Run
    command: Command
    apt: AptCommand | None
    repositories: tuple[AptRepository, ...]

    @property
    def line(self) -> int:
        """The command's own line, 1-based."""
        return self.command.line

    @property
    def updates(self) -> bool:
        """Whether the package lists are fetched here."""
        asked = bool(_UPDATE_OPTIONS & set(self.command.argv[1:]))
        return self.apt.subcommand == "update" if self.apt else bool(self.repositories) and asked

    @property
    def leaves_lists(self) -> bool:
        """Whether the package lists are there when it is done: add-apt-repository fetches them unasked."""
        adds = self.apt is None and self.command.name in _ADDING
        return self.updates or (adds and not _NO_UPDATE_OPTIONS & set(self.command.argv[1:]))

    def installs(self, package: str) -> bool:
        """Whether `package` is installed here."""
        if self.apt is None or self.apt.subcommand != "install":
            return False
        return self.apt.installs and package in self.apt.names()

    def adds(self, repository: str) -> bool:
        """Whether `repository` is added here."""
        return any(added.name == repository for added in self.repositories)


@dataclass(frozen=True, slots=True)
class PipStep:
    """One call of pip."""

    run: Run
    pip: PipCommand

    @property
    def line(self) -> int:
        """The command's own line, 1-based."""
        return self.pip.command.line

    @property
    def cache(self) -> str:
        """The directory in which pip keeps what it downloads, absolute."""
        path = self.pip.cache_path(home_of(self.run))
        return posixpath.normpath(posixpath.join(self.run.state.directory, path))

    @property
    def may_cache(self) -> bool:
        """Whether its user may make that directory: if not, pip warns and goes without."""
        home = home_of(self.run)
        return is_writable(home, self.run) or not self.cache.startswith(f"{home.rstrip('/')}/.cache/")


def runs_of(stage: Stage) -> tuple[Run, ...]:
    """Every RUN that the stage is made of, those of the stages it is built from first."""
    return tuple(instruction for instruction in stage.lineage if isinstance(instruction, Run))


@remembered
def variables_at(run: Run) -> Mapping[str, str]:
    """What a RUN sees: its home, build arguments, and the environment, which wins."""
    return Overlaid((run.state.environment, run.state.arguments, {"HOME": home_of(run)}))


def installing_runs(stage: Stage) -> tuple[Run, ...]:
    """Every RUN that installs packages, whatever the package manager, in order."""
    return tuple(filter(installs, runs_of(stage)))


@remembered
def installs(run: Run) -> bool:
    """Whether a RUN installs packages, whatever the package manager."""
    variables = variables_at(run)
    return any(command.runs and is_install(command, variables) for command in run.commands)


def apt_steps(stage: Stage) -> tuple[AptStep, ...]:
    """Calls of apt and additions of repositories, in order."""
    return tuple(step for run in runs_of(stage) for step in apt_steps_of(run))


def apt_installs(stage: Stage) -> tuple[AptStep, ...]:
    """Calls of apt that may bring packages, in order."""
    return tuple(step for step in apt_steps(stage) if step.apt and step.apt.adds_packages)


def pip_installs(stage: Stage) -> tuple[PipStep, ...]:
    """Calls of `pip install`, in order."""
    return tuple(step for run in runs_of(stage) for step in pip_steps_of(run) if step.pip.installs)


@remembered
def apt_steps_of(run: Run) -> tuple[AptStep, ...]:
    """Those of one RUN, in order."""
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
    """Those of one RUN, in order."""
    variables = variables_at(run)
    found = (pip_command(command, variables) for command in run.commands if command.runs)
    return tuple(PipStep(run, pip) for pip in found if pip is not None)


def by_command(entries: Iterable[tuple[Command, T]]) -> Mapping[int, Sequence[T]]:
    """What belongs to each command, by its `id`: two commands may be equal."""
    found: dict[int, list[T]] = {}
    for command, entry in entries:
        found.setdefault(id(command), []).append(entry)
    return found


MAX_PATH = 4_096  # Linux has no longer one


@remembered
def directories(run: Run) -> Mapping[int, str]:
    """By the `id` of each command that runs."""
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
    """Where the command works: a `cd` counts in its own brackets and in those inside."""
    outwards = (command.context[:end] for end in range(len(command.context), -1, -1))
    return next(there[context] for context in outwards if context in there)
