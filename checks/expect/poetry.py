"""Assertions about a service that Poetry installs and starts."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from checks.expect.basics import equal, finds_nothing, present
from checks.expect.failure import CheckFailed
from checks.expect.misunderstood import two_words_in_one
from checks.expect.service import exec_form
from checks.parsing.copies import brings, is_elsewhere
from checks.parsing.dockerfile import Dockerfile
from checks.parsing.pip import PipCommand
from checks.parsing.poetrycommand import PoetryCommand, after_poetry_run, poetry_commands, poetry_installs
from checks.parsing.server import is_uvicorn, server_command
from checks.parsing.software import PipStep, installing_runs, pip_installs
from checks.parsing.sources import source_copies
from checks.parsing.stages import Stage
from checks.rules.development_packages import development_packages
from checks.rules.packages_by_hand import packages_by_hand
from checks.rules.pip_cache_kept import pip_cache_kept
from checks.rules.source_before_dependencies import source_before_dependencies

POETRY = "poetry"


class _InALine(Protocol):
    @property
    def line(self) -> int: ...


T = TypeVar("T", bound=_InALine)


def poetry_installed_lean(dockerfile: Dockerfile) -> None:
    """Pip installs Poetry, and no pip install leaves a cache."""
    what = "calls of `pip install poetry`"
    steps = _here(dockerfile, _installs_of_poetry, what)
    finds_nothing(pip_cache_kept, dockerfile.final, among=steps, what=what)


def only_main_installed(dockerfile: Dockerfile) -> None:
    """Poetry installs what the lock lists, without the development group."""
    what = "calls of `poetry install`"
    installs = _here(dockerfile, _installs_by_poetry, what)
    finds_nothing(development_packages, dockerfile.final, among=installs, what=what)


def nothing_by_hand(dockerfile: Dockerfile) -> None:
    """Pip is there for Poetry alone; whoever has Poetry from elsewhere needs no pip."""
    what = "installs by pip or by Poetry"
    installs = _here(dockerfile, _installs_by_either, what)
    finds_nothing(packages_by_hand, dockerfile.final, among=installs, what=what)


def _here(dockerfile: Dockerfile, find: Callable[[Stage], Sequence[T]], what: str) -> Sequence[T]:
    """What is found in the final stage; when that has none, and another stage has, the message names that one."""
    found = find(dockerfile.final)
    for stage in () if found else dockerfile.stages[:-1]:
        for step in find(stage):
            name = f"`{stage.name}`" if stage.name else f"number {stage.index}"
            said = f"one in line {step.line}, and that is in another stage ({name}) than the image"
            help = "The image is made by the last stage, and by those that its FROM names."
            raise CheckFailed(what, said, help, line=step.line)
    return found


def _installs_of_poetry(stage: Stage) -> Sequence[PipStep]:
    return [step for step in pip_installs(stage) if _names(step.pip, POETRY)]


def _installs_by_either(stage: Stage) -> Sequence[PipStep | PoetryCommand]:
    return [*pip_installs(stage), *_installs_by_poetry(stage)]


def _installs_by_poetry(stage: Stage) -> Sequence[PoetryCommand]:
    return [command for command in poetry_commands(stage) if command.installs]


def poetry_runs(stage: Stage) -> None:
    """The entrypoint is `poetry run`, and nothing behind it."""
    help = 'ENTRYPOINT ["poetry", "run"]: what it runs is for CMD.'
    (entrypoint,) = present(filter(None, [stage.entrypoint]), "an `ENTRYPOINT`", help)
    exec_form(entrypoint)
    rest = after_poetry_run(entrypoint.argv)
    if rest is None or rest:
        raise CheckFailed("`poetry run` as the entrypoint", f"`{entrypoint}`", help, line=entrypoint.line)


def uvicorn_served(stage: Stage, app: str, host: str, port: str) -> None:
    """The command, in exec form, is uvicorn serving the app there, with or without `poetry run` before it."""
    help = f"What `poetry run` runs must read `uvicorn {app} --host {host} --port {port}`."
    (cmd,) = present(filter(None, [stage.cmd]), "a `CMD`", f"{help} An ENTRYPOINT clears an inherited CMD.")
    exec_form(cmd)
    together = [*(stage.entrypoint.argv if stage.entrypoint else ()), *cmd.argv]
    command = after_poetry_run(together) or after_poetry_run(cmd.argv) or cmd.argv
    if not is_uvicorn(command):
        raise CheckFailed("`uvicorn` as the command", f"`{cmd}`", help, line=cmd.line)
    two_words_in_one(cmd)
    server = server_command((), command, stage.environment)
    equal(server.app, app, "the app", line=cmd.line, help=help)
    equal(server.host, host, "the host", line=cmd.line, help=help)
    equal(server.port, port, "the port", line=cmd.line, help=help)


def dependencies_first(stage: Stage, files: Collection[str]) -> None:
    """These files are there when Poetry installs, the source is not, and it comes later."""
    installs = _installs_by_poetry(stage)
    finds_nothing(source_before_dependencies, stage, among=installs, what="calls of `poetry install`")
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
    present(source_copies(stage.after(last)), "a `COPY` of the source below the install", "Copy it last.")


def _names(pip: PipCommand, name: str) -> bool:
    return any(requirement.name == name for requirement in pip.requirements)
