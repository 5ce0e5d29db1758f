"""Assertions about a service that Poetry installs and starts."""

from collections.abc import Collection, Sequence

from checks.expect.misunderstood import Meant, instruction, two_words_in_one
from checks.expect.service import exec_form, serves_as
from checks.expect.unmet import Sought, finds_nothing_among
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.dockerfile import Dockerfile
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.app_source import source_copies
from checks.parsing.packages.build_files import brings, is_elsewhere
from checks.parsing.packages.package_steps import PipStep, installing_runs, pip_installs
from checks.parsing.packages.pip import PipCommand
from checks.parsing.packages.poetry_command import (
    PoetryCommand,
    after_poetry_run,
    poetry_commands,
    poetry_installs,
)
from checks.parsing.packages.servers import ServerCommand, is_uvicorn, server_command
from checks.rules.development_packages import development_packages
from checks.rules.packages_by_hand import packages_by_hand
from checks.rules.pip_cache_kept import pip_cache_kept
from checks.rules.source_before_dependencies import source_before_dependencies

POETRY = "poetry"


def poetry_installed_lean(dockerfile: Dockerfile) -> None:
    """Assert that pip installs Poetry, and that no pip install leaves a cache."""
    finds_nothing_among(pip_cache_kept, dockerfile.final, OF_POETRY)


def only_main_installed(dockerfile: Dockerfile) -> None:
    """Assert that Poetry installs the lock's packages, without the development group."""
    finds_nothing_among(development_packages, dockerfile.final, BY_POETRY)


def nothing_by_hand(dockerfile: Dockerfile) -> None:
    """Assert that pip installs only Poetry; a stage that gets Poetry from elsewhere needs no pip."""
    finds_nothing_among(packages_by_hand, dockerfile.final, BY_EITHER)


def _installs_of_poetry(stage: Stage) -> Sequence[PipStep]:
    return [step for step in pip_installs(stage) if _names(step.pip, POETRY)]


def _installs_by_either(stage: Stage) -> Sequence[PipStep | PoetryCommand]:
    return [*pip_installs(stage), *_installs_by_poetry(stage)]


def _installs_by_poetry(stage: Stage) -> Sequence[PoetryCommand]:
    return [command for command in poetry_commands(stage) if command.installs]


OF_POETRY = Sought("a call of `pip install poetry`", _installs_of_poetry, "pip", POETRY)
BY_POETRY = Sought("a call of `poetry install`", _installs_by_poetry, POETRY)
BY_EITHER = Sought("an install by pip or by Poetry", _installs_by_either, POETRY)


def poetry_runs(stage: Stage) -> None:
    """Assert that the entrypoint is `poetry run` without further words."""
    help = 'ENTRYPOINT ["poetry", "run"]: what it runs is for CMD.'
    (entrypoint,) = instruction(
        filter(None, [stage.entrypoint]), stage, Meant("ENTRYPOINT", "an `ENTRYPOINT`"), help
    )
    exec_form(entrypoint)
    rest = after_poetry_run(entrypoint.argv)
    if rest is None or rest:
        raise CheckFailed("`poetry run` as the entrypoint", f"`{entrypoint}`", help, line=entrypoint.line)


def uvicorn_served(stage: Stage, app: str, host: str, port: int) -> None:
    """Assert that the exec-form command has uvicorn serve the app there, with or without `poetry run` first."""
    help = f"What `poetry run` runs must read `uvicorn {app} --host {host} --port {port}`."
    hint = f"{help} An ENTRYPOINT clears an inherited CMD."
    (cmd,) = instruction(filter(None, [stage.cmd]), stage, Meant("CMD", "a `CMD`"), hint)
    exec_form(cmd)
    together = [*(stage.entrypoint.argv if stage.entrypoint else ()), *cmd.argv]
    command = after_poetry_run(together) or after_poetry_run(cmd.argv) or cmd.argv
    if not is_uvicorn(command):
        raise CheckFailed("`uvicorn` as the command", f"`{cmd}`", help, line=cmd.line)
    two_words_in_one(cmd)
    server = server_command((), command, stage.environment)
    serves_as(server, ServerCommand(app, host, str(port)), cmd, help)


def dependencies_first(stage: Stage, files: Collection[str]) -> None:
    """Assert that these files are copied before Poetry installs, and the source only after that."""
    finds_nothing_among(source_before_dependencies, stage, BY_POETRY)
    last = installing_runs(stage)[-1]
    for file in files:
        if not any(brings(entry, file) for entry in (*stage.before(last), last)):
            actual = f"`{last}`, and nothing has brought it by then"
            raise CheckFailed(
                f"`{file}` beside the install", actual, f"COPY {' '.join(files)} ./", line=last.line
            )
        run, directory = poetry_installs(stage)[-1]
        if is_elsewhere(stage, run, file, directory):
            actual = f"`{run}` runs in {directory}, and it was copied to another folder"
            help = f"WORKDIR first, then COPY {' '.join(files)} ./"
            raise CheckFailed(f"`{file}` beside the install", actual, help, line=run.line)
    of_source = Meant("COPY", "a `COPY` of the source below the install", ". ")
    instruction(source_copies(stage.after(last)), stage, of_source, "Copy it last.")


def _names(pip: PipCommand, name: str) -> bool:
    return any(requirement.name == name for requirement in pip.requirements)
