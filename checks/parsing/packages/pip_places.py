"""Where a call of pip puts packages: a virtual environment, a prefix, a folder, the user's or the system's site.

A place is a directory; `python*` in it stands for the version of Python, which only the base image determines.
"""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from checks.parsing.dockerfile.accounts import home_of
from checks.parsing.dockerfile.instructions import Run
from checks.parsing.dockerfile.remembered import remembered
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import PipStep, directories, runs_of, variables_at
from checks.parsing.shell import Command

_SITE = ("lib/python*/site-packages", "local/lib/python*/dist-packages")
_SYSTEM = ("/usr/local", "/usr")
_WHEELS = {"wheel": ("-w", "--wheel-dir"), "download": ("-d", "--dest")}
_MODULE = re.compile(r"-[A-Za-z]*m")
_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})


def wheels_place(step: PipStep) -> str | None:
    """Return the folder of `pip wheel` or `pip download`, which install nothing; None for other calls."""
    options = _WHEELS.get(step.pip.subcommand)
    if options is None:
        return None
    return _absolute((*step.pip.arguments.values(*options), ".")[0], step)


def places(step: PipStep, made: Collection[str]) -> tuple[str, ...]:
    """Return directories, one of which gets the packages; `made` are the virtual environments of its stage."""
    arguments, told = step.pip.arguments, step.pip.environment
    if target := (*arguments.values("-t", "--target"), told.get("PIP_TARGET", ""))[0]:
        return (_absolute(target, step),)
    prefix = (*arguments.values("--prefix"), told.get("PIP_PREFIX", ""))[0]
    if not prefix and step.pip.program == "pip" and _is_for_user(step):
        prefix = told.get("PYTHONUSERBASE") or f"{home_of(step.run)}/.local"
    prefix = prefix or _environment(step, made)
    roots = tuple(_absolute(root, step) for root in arguments.values("--root")) or ("/",)
    found = [_absolute(prefix, step)] if prefix else [*_SYSTEM, *_of_a_user(step)]
    return tuple(f"{root.rstrip('/')}{each}/{site}" for root in roots for each in found for site in _SITE)


def _is_for_user(step: PipStep) -> bool:
    return step.pip.arguments.has("--user") or step.pip.environment.get("PIP_USER", "").lower() in _TRUE


def _of_a_user(step: PipStep) -> tuple[str, ...]:
    """Return `~/.local` for users other than root: pip installs there if it cannot write to the system."""
    user = step.run.state.user
    return () if user is None or user.value in {"", "0", "root"} else (f"{home_of(step.run)}/.local",)


def _environment(step: PipStep, made: Collection[str]) -> str:
    """Return the virtual environment that it uses, or "" for the system's Python."""
    if step.pip.program == "uv pip":
        return _of_uv(step)
    if asked := (*step.pip.arguments.values("--python"), step.pip.environment.get("PIP_PYTHON", ""))[0]:
        return _of_python(asked)
    folder = posixpath.dirname(step.pip.command.words[0].value(step.pip.environment.get))
    if posixpath.basename(folder) == "bin":
        return "" if posixpath.dirname(folder) in (*_SYSTEM, "/") else posixpath.dirname(folder)
    return next((path for path in _on_the_way(step) if path in made), "")


def _of_uv(step: PipStep) -> str:
    arguments, told = step.pip.arguments, step.pip.environment
    if arguments.has("--system") or told.get("UV_SYSTEM_PYTHON", "").lower() in _TRUE:
        return ""
    asked = (*arguments.values("-p", "--python"), told.get("UV_PYTHON", ""))[0]
    if "/" in asked:
        return _of_python(asked)
    return next(_activated(step), "") or told.get("VIRTUAL_ENV", "") or ".venv"


def _of_python(path: str) -> str:
    """Return the environment of a Python, which may be named by its own path or by that of the environment."""
    folder = posixpath.dirname(path)
    return posixpath.dirname(folder) if posixpath.basename(folder) == "bin" else path


def _on_the_way(step: PipStep) -> Iterator[str]:
    """Yield the environments whose `bin` the shell searches, in its order."""
    yield from _activated(step)
    for folder in step.pip.environment.get("PATH", "").split(":"):
        if posixpath.basename(folder) == "bin":
            yield posixpath.dirname(folder)


def _activated(step: PipStep) -> Iterator[str]:
    """Yield environments that the same RUN activated before (`. /opt/venv/bin/activate`)."""
    position = _positions(step.run).get(id(step.pip.command), len(step.run.commands))
    for number, folder in _activations(step.run):
        if number < position:
            yield _absolute(folder, step)


@remembered
def _positions(run: Run) -> Mapping[int, int]:
    return {id(command): number for number, command in enumerate(run.commands)}


@remembered
def _activations(run: Run) -> tuple[tuple[int, str], ...]:
    """Return the position of each command that activates an environment, and its folder."""
    expanded = ((command, command.expand(variables_at(run))) for command in run.commands)
    sourced = [words[1] if command.runs and _sources(words) else "" for command, words in expanded]
    paths = ((number, posixpath.split(path)) for number, path in enumerate(sourced))
    return tuple(
        (number, posixpath.dirname(folder))
        for number, (folder, name) in paths
        if name == "activate" and posixpath.basename(folder) == "bin"
    )


def _sources(words: tuple[str, ...]) -> bool:
    return words[:1] in {(".",), ("source",)} and bool(words[1:2])


def environments(stage: Stage) -> frozenset[str]:
    """Return the virtual environments that the stage creates."""
    return frozenset(path for run in runs_of(stage) for path in _environments(run))


@remembered
def _environments(run: Run) -> tuple[str, ...]:
    there = directories(run)
    found = [(there[id(command)], _venv(command, run)) for command in run.commands if command.runs]
    return tuple(posixpath.normpath(posixpath.join("/", folder, path)) for folder, path in found if path)


def _venv(command: Command, run: Run) -> str:
    """Return the path of `python -m venv PATH`, `virtualenv PATH` or `uv venv PATH`, else ""."""
    match [command.name, *command.expand(variables_at(run))[1:]]:
        case [python, *options] if python.startswith(("python", "pypy")):
            operands = _behind_module(options)
        case ["virtualenv", *rest] | ["uv", "venv", *rest]:
            operands = rest or [".venv"]
        case _:
            return ""
    return next((word for word in reversed(operands) if not word.startswith("-")), "")


def _behind_module(options: list[str]) -> list[str]:
    """Return what follows `-m venv` or `-m virtualenv`, which other options may precede (`-I -m`, `-Im`)."""
    at = next((at for at, option in enumerate(options) if _MODULE.fullmatch(option)), len(options))
    flags = options[:at]
    is_made = options[at + 1 : at + 2] in (["venv"], ["virtualenv"])
    return options[at + 2 :] if is_made and all(flag.startswith("-") for flag in flags) else []


def _absolute(path: str, step: PipStep) -> str:
    home = home_of(step.run)
    given = home + path[1:] if path == "~" or path.startswith("~/") else path
    return posixpath.normpath(posixpath.join("/", step.directory, given))
