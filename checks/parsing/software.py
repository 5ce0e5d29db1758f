"""What a stage installs: its calls of apt and pip in the order of the build, each with the RUN it stands in.

Only commands that run on a build where none fails are listed: what is echoed, commented out or stands
behind `||` installs nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.parsing.apt import AptCommand, AptRepository, apt_command, apt_repositories
from checks.parsing.instructions import Run
from checks.parsing.pip import PipCommand, pip_command
from checks.parsing.shell import Command
from checks.parsing.stages import Stage

# apt's own switch to fetch the lists at once: `add-apt-repository --update`.
_UPDATE_OPTIONS = frozenset({"-u", "--update"})


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

    def installs(self, package: str) -> bool:
        """Whether `package` is installed here."""
        return self.apt is not None and self.apt.subcommand == "install" and package in self.apt.names()

    def adds(self, repository: str) -> bool:
        """Whether `repository` is added here."""
        return any(added.name == repository for added in self.repositories)


@dataclass(frozen=True, slots=True)
class PipStep:
    """One call of `pip install`."""

    run: Run
    pip: PipCommand

    @property
    def line(self) -> int:
        """The command's own line, 1-based."""
        return self.pip.command.line


def runs_of(stage: Stage) -> tuple[Run, ...]:
    """Every RUN that the stage is made of, those of the stages it is built from first."""
    return tuple(instruction for instruction in stage.lineage if isinstance(instruction, Run))


def variables_at(run: Run) -> Mapping[str, str]:
    """What a RUN sees: build arguments, and the environment, which wins."""
    return {**run.state.arguments, **run.state.environment}


def apt_steps(stage: Stage) -> tuple[AptStep, ...]:
    """Calls of apt and additions of repositories, in order."""
    return tuple(step for run in runs_of(stage) for step in _apt_steps_of(run))


def pip_installs(stage: Stage) -> tuple[PipStep, ...]:
    """Calls of `pip install`, in order."""
    return tuple(step for run in runs_of(stage) for step in _pip_steps_of(run))


def _apt_steps_of(run: Run) -> Iterator[AptStep]:
    variables = variables_at(run)
    commands = [command for command in run.commands if command.runs]
    added = list(apt_repositories(commands, variables))
    for command in commands:
        apt = apt_command(command, variables)
        repositories = tuple(entry for entry in added if entry.command is command)
        if apt or repositories:
            yield AptStep(run, command, apt, repositories)


def _pip_steps_of(run: Run) -> Iterator[PipStep]:
    variables = variables_at(run)
    for command in run.commands:
        pip = pip_command(command, variables) if command.runs else None
        if pip is not None and pip.installs:
            yield PipStep(run, pip)
