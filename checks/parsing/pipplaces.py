"""Where a call of pip puts packages: a virtual environment, a prefix, a folder, a user's own, or the system's.

A place is a directory, and `python*` in it stands for the version of Python, which only the base image knows.
"""

import posixpath
from collections.abc import Iterator

from checks.parsing.home import home_of
from checks.parsing.instructions import Run
from checks.parsing.shell import Command
from checks.parsing.software import PipStep, runs_of, variables_at
from checks.parsing.stages import Stage

_SITE = ("lib/python*/site-packages", "local/lib/python*/dist-packages")
_SYSTEM = ("/usr/local", "/usr")
_WHEELS = {"wheel": ("-w", "--wheel-dir"), "download": ("-d", "--dest")}
_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})


def wheels_place(step: PipStep) -> str | None:
    """The folder in which it collects packages without installing them; None when it installs."""
    options = _WHEELS.get(step.pip.subcommand)
    if options is None:
        return None
    return _absolute((*step.pip.arguments.values(*options), ".")[0], step)


def places(step: PipStep, stage: Stage) -> tuple[str, ...]:
    """The directories of which one holds what it installs."""
    arguments, told = step.pip.arguments, step.pip.environment
    if target := (*arguments.values("-t", "--target"), told.get("PIP_TARGET", ""))[0]:
        return (_absolute(target, step),)
    prefix = (*arguments.values("--prefix"), told.get("PIP_PREFIX", ""))[0]
    if not prefix and step.pip.program == "pip" and _is_for_user(step):
        prefix = told.get("PYTHONUSERBASE") or f"{home_of(step.run)}/.local"
    prefix = prefix or _environment(step, stage)
    roots = tuple(_absolute(root, step) for root in arguments.values("--root")) or ("/",)
    found = [_absolute(prefix, step)] if prefix else [*_SYSTEM, *_of_a_user(step)]
    return tuple(f"{root.rstrip('/')}{each}/{site}" for root in roots for each in found for site in _SITE)


def _is_for_user(step: PipStep) -> bool:
    return step.pip.arguments.has("--user") or step.pip.environment.get("PIP_USER", "").lower() in _TRUE


def _of_a_user(step: PipStep) -> tuple[str, ...]:
    """Whoever may not write into the system's folder gets packages of his own, unasked."""
    user = step.run.state.user
    return () if user is None or user.value in {"", "0", "root"} else (f"{home_of(step.run)}/.local",)


def _environment(step: PipStep, stage: Stage) -> str:
    """The virtual environment that it works in; "" for the system's Python."""
    if step.pip.program == "uv pip":
        return _of_uv(step)
    folder = posixpath.dirname(step.pip.command.words[0].value(step.pip.environment.get))
    if posixpath.basename(folder) == "bin" and posixpath.dirname(folder) not in (*_SYSTEM, "/"):
        return posixpath.dirname(folder)
    known = set(_made(stage))
    return next((path for path in _on_the_way(step) if path in known), "")


def _of_uv(step: PipStep) -> str:
    arguments, told = step.pip.arguments, step.pip.environment
    if arguments.has("--system") or told.get("UV_SYSTEM_PYTHON", "").lower() in _TRUE:
        return ""
    asked = (*arguments.values("-p", "--python"), told.get("UV_PYTHON", ""))[0]
    if "/" in asked:
        folder = posixpath.dirname(asked)
        return posixpath.dirname(folder) if posixpath.basename(folder) == "bin" else asked
    return next(_activated(step), "") or told.get("VIRTUAL_ENV", "") or ".venv"


def _on_the_way(step: PipStep) -> Iterator[str]:
    """Environments whose `bin` the shell looks into, the first one first."""
    yield from _activated(step)
    for folder in step.pip.environment.get("PATH", "").split(":"):
        if posixpath.basename(folder) == "bin":
            yield posixpath.dirname(folder)


def _activated(step: PipStep) -> Iterator[str]:
    """`. /opt/venv/bin/activate` earlier in the same RUN."""
    for command in step.run.commands:
        if command is step.pip.command:
            return
        words = command.expand(variables_at(step.run))
        if command.runs and words[:1] in {(".",), ("source",)} and words[1:2]:
            folder, name = posixpath.split(words[1])
            if name == "activate" and posixpath.basename(folder) == "bin":
                yield _absolute(posixpath.dirname(folder), step)


def _made(stage: Stage) -> Iterator[str]:
    """The virtual environments that the stage makes."""
    for run in runs_of(stage):
        for command in run.commands:
            if command.runs and (path := _venv(command, run)):
                yield posixpath.normpath(posixpath.join(run.state.directory, path))


def _venv(command: Command, run: Run) -> str:
    """`python -m venv PATH`, `virtualenv PATH`, `uv venv PATH`."""
    match [command.name, *command.expand(variables_at(run))[1:]]:
        case [python, "-m", "venv" | "virtualenv", *rest] if python.startswith(("python", "pypy")):
            operands = rest
        case ["virtualenv", *rest] | ["uv", "venv", *rest]:
            operands = rest or [".venv"]
        case _:
            return ""
    return next((word for word in reversed(operands) if not word.startswith("-")), "")


def _absolute(path: str, step: PipStep) -> str:
    home = home_of(step.run)
    given = home + path[1:] if path == "~" or path.startswith("~/") else path
    return posixpath.normpath(posixpath.join("/", step.run.state.directory, given))
