"""Assertions about a service: its pinned packages, uvicorn's arguments, and its answers."""

from collections.abc import Iterator, Sequence

from packaging.version import Version

from checks.evidence.service.service import Answer
from checks.expect.basics import ABSENT
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import Cmd, CommandLine
from checks.parsing.packages.pip_requirements import PlacedRequirement
from checks.parsing.packages.servers import ServerCommand
from checks.parsing.packages.specifiers import Requirement, truth_of
from checks.sanitize import fenced

OK = 200


def exec_form(command: CommandLine) -> None:
    """Assert that the command is a JSON array, so that no shell intercepts the engine's signals."""
    if command.form != "exec":
        raise CheckFailed(
            f'{command.keyword} in exec form: {command.keyword} ["program", "argument"]',
            f"`{command}` {_in_shell_form(command)}",
            "Write a JSON array: square brackets, double quotes, commas. In shell form a shell runs first, and "
            "the signal that stops a container never reaches your program.",
            line=command.line,
        )


def _in_shell_form(command: CommandLine) -> str:
    if command.arguments.startswith("["):
        return "looks like exec form, and is no JSON array: so Docker takes it for shell form"
    return "is in shell form"


def pinned(asked: Sequence[PlacedRequirement], wanted: Requirement, python: str = "") -> None:
    """Assert that exactly this version of this package, with these extras, is asked for, and no other version.

    Requirements that a marker excludes do not count. `python` is the image's Python if nothing else tells.
    """
    named = [entry for entry in asked if entry.requirement.name == wanted.name]
    help = (
        f"Write it as `{wanted.raw}`, in quotes if it has brackets: without == you get another one tomorrow."
    )
    if not named:
        raise CheckFailed(f"a pip install of `{wanted.raw}`", ABSENT, help)
    not_left_out(wanted, named, python)
    for entry in (entry for entry in named if not left_out(entry, python)):
        found = entry.requirement
        if same_version(found.version, wanted.version) and wanted.extras <= found.extras:
            continue
        raise CheckFailed(f"`{wanted.raw}`", f"`{found.raw}`{_where(entry)}", help, line=entry.line)


def not_left_out(wanted: Requirement, asked: Sequence[PlacedRequirement], python: str = "") -> None:
    """Assert that, of the requirements for this package, a marker does not exclude all."""
    named = [entry for entry in asked if entry.requirement.name == wanted.name]
    if named and all(left_out(entry, python) for entry in named):
        help = f"Write it as `{wanted.raw}`, without a marker that leaves it out here."
        expected = f"`{wanted.raw}`, for the Python in this image"
        raise CheckFailed(expected, _never(named[0], python), help, line=named[0].line)


def left_out(entry: PlacedRequirement, python: str = "") -> bool:
    """Whether the requirement's marker is never true for its Python."""
    return truth_of(entry.requirement.marker, entry.python or python) == "never"


def _never(entry: PlacedRequirement, python: str) -> str:
    told = (entry.python or python).removeprefix("pip").removeprefix("python")
    return (
        f"`{entry.requirement.raw}`{_where(entry)}: pip never installs it here, since its marker "
        f"`{entry.requirement.marker}` is not true for Python {told} on Linux"
    )


def _where(entry: PlacedRequirement) -> str:
    return f" in {entry.file}, line {entry.requirement.line}" if entry.file else ""


def same_version(version: str, wanted: str) -> bool:
    """Whether the versions are equal by PEP 440, where 0.78 equals 0.78.0."""
    try:
        return Version(version) == Version(wanted)
    except ValueError:  # not a version, or a number with more digits than Python converts
        return False


def answers(answer: Answer, text: str) -> None:
    """Assert that the answer is OK and contains this text."""
    if answer.status != OK or text not in answer.text:
        raise CheckFailed(
            f"an answer with status {OK} and `{text}`, which was put into the app just before the build",
            f"status {answer.status} and\n{fenced(answer.text)}",
            "The image must serve the source in this folder as it is when you build.",
        )


def serves_as(server: ServerCommand, wanted: ServerCommand, cmd: Cmd, help: str) -> None:
    """Assert that app, host and port are as wanted; the message says where a wrong value comes from."""
    for name, expected, said in _differences(server, wanted, cmd):
        raise CheckFailed(f"the {name} is `{expected}`", said, help, line=cmd.line)


def _differences(server: ServerCommand, wanted: ServerCommand, cmd: Cmd) -> Iterator[tuple[str, str, str]]:
    if server.app != wanted.app:
        yield "app", wanted.app, _shown(server.app) if server.app else f"`{cmd}` names none"
    for name, found, expected in (("host", server.host, wanted.host), ("port", server.port, wanted.port)):
        if found != expected:
            is_default = f"--{name}" not in server.given
            note = f", uvicorn's own: nothing gives it a `--{name}`" if is_default else ""
            yield name, expected, f"{_shown(found)}{note}"


def _shown(value: str) -> str:
    return f"it is `{value}`" + (": in exec form, no shell puts a value in its place" if "$" in value else "")
