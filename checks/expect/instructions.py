"""Assertions about what a stage settles: its base, its variables, its packages, its port, its command."""

from collections.abc import Sequence

from checks.expect.basics import equal, finds_nothing, present
from checks.expect.failure import CheckFailed
from checks.expect.misunderstood import not_understood, two_words_in_one
from checks.expect.service import exec_form, left_out, pinned
from checks.parsing.bases import starts_from
from checks.parsing.carried import installs_in
from checks.parsing.contents import Read
from checks.parsing.installed import requirements_of
from checks.parsing.server import is_uvicorn, server_command
from checks.parsing.software import apt_steps
from checks.parsing.specifiers import parse_requirement
from checks.parsing.stages import Stage
from checks.rules.apt_without_frontend import apt_without_frontend
from checks.rules.frontend_in_environment import frontend_in_environment


def based_on(stage: Stage, names: Sequence[str]) -> None:
    """The stage starts from one of these images, which are all the same; the first name is the usual one."""
    if not stage.base:
        raise CheckFailed(f"`FROM {names[0]}`", f"`{stage.origin}` names no image", "", line=stage.line)
    if not any(starts_from(stage, name) for name in names):
        help = f"`FROM {names[0]}`: name the release, or you get whatever is newest on the day."
        equal(stage.root_base, names[0], "the base image", line=stage.line, help=help)


def frontend_is_an_argument(stage: Stage) -> None:
    """DEBIAN_FRONTEND is in force wherever apt runs, and outlives the build nowhere."""
    apt = apt_steps(stage)
    finds_nothing(apt_without_frontend, stage, among=apt, what="commands of apt")
    finds_nothing(frontend_in_environment, stage, among=apt, what="commands of apt")


def unbuffered(stage: Stage) -> None:
    """PYTHONUNBUFFERED is set in the image, to something."""
    name, help = "PYTHONUNBUFFERED", "`ENV PYTHONUNBUFFERED=1`: else Python's logs come late, or never."
    what = f"`{name}` set with ENV, to something"
    found = stage.environment.setting(name) or stage.state.arguments.setting(name)
    if found is None:
        not_understood(stage, "ENV", what, help, mentioning=name)
    (setting,) = present(filter(None, [found]), what, help)
    if not stage.environment.get(name):
        raise CheckFailed(what, f"`{setting.instruction}`", help, line=setting.line)


def packages_pinned(stage: Stage, context: Read, packages: Sequence[str], python: str = "") -> None:
    """Pip is asked for each of these requirements, just so; requirements files are followed.

    `python` is the Python of the base image where its name does not tell.
    """
    for step in (entry.step for entry in installs_in(stage)):
        for lost in step.pip.lost_versions:
            said = f"the shell writes into a file named `{lost.target}`, and pip never sees the version"
            help = 'Quote what holds a < or a >: "name>=1.0".'
            raise CheckFailed("versions that pip gets to see", said, help, line=step.line)
    asked = requirements_of(stage, context)
    for wanted in map(parse_requirement, packages):
        pinned(asked, wanted, python)


def packages_asked(stage: Stage, context: Read, python: str = "") -> frozenset[str]:
    """The names of all that pip is asked for, but for what a marker leaves out."""
    asked = requirements_of(stage, context)
    return frozenset(entry.requirement.name for entry in asked if not left_out(entry, python))


def works_in(stage: Stage, directory: str) -> None:
    """The working directory at the end."""
    help = f"`WORKDIR {directory}` makes the folder when it is missing."
    (workdir,) = present(filter(None, [stage.workdir]), "a `WORKDIR`", help)
    equal(workdir.value, directory, "the working directory", line=workdir.line, help=help)


def exposes(stage: Stage, port: str) -> None:
    """This TCP port is exposed; others may be too."""
    help = f"`EXPOSE {port}` opens nothing; it tells people and tools where to knock."
    if not stage.exposed:
        not_understood(stage, "EXPOSE", "an `EXPOSE`", help)
    exposed, wanted = present(stage.exposed, "an `EXPOSE`", help), f"{port}/tcp"
    if wanted not in exposed:
        line = next(iter(stage.exposed.values()))
        equal(", ".join(exposed), wanted, "the exposed port", line=line, help=help)


def runs_uvicorn(stage: Stage, server: str) -> None:
    """The entrypoint is uvicorn, in exec form."""
    help = f'`ENTRYPOINT ["{server}"]`: the program alone; its arguments are for CMD.'
    (entrypoint,) = present(filter(None, [stage.entrypoint]), "an `ENTRYPOINT`", help)
    exec_form(entrypoint)
    if not is_uvicorn(entrypoint.argv):
        raise CheckFailed(f"`{server}` as the entrypoint", f"`{entrypoint}`", help, line=entrypoint.line)


def serves(stage: Stage, app: str, host: str, port: str) -> None:
    """The command, in exec form, has uvicorn serve the app there."""
    help = "It holds the arguments of the ENTRYPOINT; an ENTRYPOINT in a later stage clears the CMD above it."
    (cmd,) = present(filter(None, [stage.cmd]), "a `CMD`", help)
    exec_form(cmd)
    server = server_command(stage.entrypoint.argv if stage.entrypoint else (), cmd.argv, stage.environment)
    help = f"Together they must read `uvicorn {app} --host {host} --port {port}`."
    two_words_in_one(cmd)
    if server.app and ":" not in server.app and cmd.argv[:1] == (server.app,):
        raise CheckFailed(f"the app is `{app}`", f"`{cmd}` begins with `{server.app}`", help, line=cmd.line)
    equal(server.app, app, "the app", line=cmd.line, help=help)
    equal(server.host, host, "the host", line=cmd.line, help=help)
    equal(server.port, port, "the port", line=cmd.line, help=help)
