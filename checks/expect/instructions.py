"""Assertions about the settings of a stage: its base, its variables, its port, its command."""

from collections.abc import Sequence

from checks.expect.basics import equal
from checks.expect.misunderstood import Meant, instruction, two_words_in_one, unset_at
from checks.expect.service import exec_form, serves_as
from checks.expect.unmet import Sought, finds_nothing_among
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.build_inputs import starts_from
from checks.parsing.dockerfile.instructions import Instruction
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.dockerfile.state import of_kind
from checks.parsing.packages.package_steps import apt_steps
from checks.parsing.packages.servers import ServerCommand, is_uvicorn, server_command
from checks.rules.apt_without_frontend import apt_without_frontend
from checks.rules.frontend_in_environment import frontend_in_environment

BY_APT = Sought("a command of apt", apt_steps, "apt")


def based_on(stage: Stage, names: Sequence[str]) -> None:
    """Assert that the stage starts from one of these names of the same image; the first is the usual name."""
    if not stage.base:
        said = f"`{stage.origin}` names no image{unset_at(stage.origin)}"
        help = f"Write `FROM {names[0]}`; a variable in it needs an ARG with a value above the FROM."
        raise CheckFailed(f"`FROM {names[0]}`", said, help, line=stage.line)
    if not any(starts_from(stage, name) for name in names):
        help = f"`FROM {names[0]}`: name the release, or you get whatever is newest on the day."
        equal(stage.root_base, names[0], "the base image", line=stage.line, help=help)


def frontend_is_an_argument(stage: Stage) -> None:
    """Assert that DEBIAN_FRONTEND is set wherever apt runs, and does not persist in the image."""
    finds_nothing_among(apt_without_frontend, stage, BY_APT)
    finds_nothing_among(frontend_in_environment, stage, BY_APT)


def unbuffered(stage: Stage) -> None:
    """Assert that the image sets PYTHONUNBUFFERED to a non-empty value."""
    name, help = "PYTHONUNBUFFERED", "`ENV PYTHONUNBUFFERED=1`: else Python's logs come late, or never."
    what = f"`{name}` set with ENV, to something"
    found = stage.environment.setting(name) or stage.state.arguments.setting(name)
    (setting,) = instruction(filter(None, [found]), stage, Meant("ENV", what, name), help)
    if not stage.environment.get(name):
        raise CheckFailed(what, f"`{setting.instruction}`", help, line=setting.line)


def works_in(stage: Stage, directory: str) -> None:
    """Assert that this is the working directory at the end of the stage."""
    help = f"`WORKDIR {directory}` makes the folder when it is missing. A `cd` ends with its RUN."
    (workdir,) = instruction(filter(None, [stage.workdir]), stage, Meant("WORKDIR", "a `WORKDIR`"), help)
    if workdir.value != directory:
        by = of_kind(workdir.instruction, Instruction)
        said = f"it is `{workdir.value}`{unset_at(by) if by else ''}"
        raise CheckFailed(f"the working directory is `{directory}`", said, help, line=workdir.line)


def exposes(stage: Stage, port: int) -> None:
    """Assert that this TCP port is exposed; other ports may be exposed too."""
    help = f"`EXPOSE {port}` opens nothing; it tells people and tools where to knock."
    exposed = instruction(stage.exposed, stage, Meant("EXPOSE", "an `EXPOSE`"), help)
    wanted = f"{port}/tcp"
    if wanted not in exposed:
        line = next(iter(stage.exposed.values()))
        equal(", ".join(exposed), wanted, "the exposed port", line=line, help=help)


def runs_uvicorn(stage: Stage, server: str) -> None:
    """Assert that the entrypoint is uvicorn, in exec form."""
    help = f'`ENTRYPOINT ["{server}"]`: the program alone; its arguments are for CMD.'
    (entrypoint,) = instruction(
        filter(None, [stage.entrypoint]), stage, Meant("ENTRYPOINT", "an `ENTRYPOINT`"), help
    )
    exec_form(entrypoint)
    if not is_uvicorn(entrypoint.argv):
        raise CheckFailed(f"`{server}` as the entrypoint", f"`{entrypoint}`", help, line=entrypoint.line)


def serves(stage: Stage, app: str, host: str, port: int) -> None:
    """Assert that the command, in exec form, makes uvicorn serve this app on this host and port."""
    help = "It holds the arguments of the ENTRYPOINT; an ENTRYPOINT in a later stage clears the CMD above it."
    (cmd,) = instruction(filter(None, [stage.cmd]), stage, Meant("CMD", "a `CMD`"), help)
    exec_form(cmd)
    server = server_command(stage.entrypoint.argv if stage.entrypoint else (), cmd.argv, stage.environment)
    help = f"Together they must read `uvicorn {app} --host {host} --port {port}`."
    two_words_in_one(cmd)
    if server.app and ":" not in server.app and cmd.argv[:1] == (server.app,):
        raise CheckFailed(f"the app is `{app}`", f"`{cmd}` begins with `{server.app}`", help, line=cmd.line)
    serves_as(server, ServerCommand(app, host, str(port)), cmd, help)
