"""Run a lab's image or Compose project in the foreground until Ctrl-C; an image only on loopback.

Nothing here grades, and the files are the person's own.
"""

import secrets
import socket
import sys
from contextlib import suppress

from checks.engine.errors import EngineError
from checks.lab import Lab
from checks.parsing.compose import Compose, parse_compose
from checks.parsing.compose.dotenv import parse_dotenv
from checks.parsing.dockerfile.build_inputs import external_images
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.text.problems import ParseError
from checks.workbench.context import UsageError, Workbench
from checks.workbench.images import have_image
from checks.workbench.material import run_options
from checks.workbench.order import coming_up


class Unreadable(Exception):  # noqa: N818 - a file that the person has to mend first
    """A file of the project cannot be read; the message names it and the reason."""


def project_of(lab: Lab) -> Compose:
    """Return the lab's Compose file, with the variables of the person's `.env`; raise `Unreadable`."""
    file, settings = lab.folder / lab.main_file, lab.folder / ".env"
    try:
        variables = parse_dotenv(settings.read_bytes() if settings.is_file() else b"")
        return parse_compose(file.read_bytes(), file.name, variables.get)
    except (OSError, ParseError) as error:
        raise Unreadable(f"{lab.id}: {error}") from None


def required_images(lab: Lab) -> list[str]:
    """Return the bases of all Dockerfiles and the images of services that are not built; raise `Unreadable`."""
    services = project_of(lab).services.values()
    images = {entry.image for entry in services if entry.image and not entry.build}
    for name in lab.images:
        try:
            dockerfile = parse_dockerfile((lab.folder / name).read_bytes(), path=name)
            images.update(external_images(dockerfile))
        except (OSError, ParseError) as error:
            raise Unreadable(f"{lab.id}: {error}") from None
    return sorted(images)


LOOPBACK = "127.0.0.1"


def run(bench: Workbench) -> int:
    """Run the lab's image, or its Compose project, until Ctrl-C."""
    port = bench.lab.port
    return _up(bench, port) if bench.lab.compose else _run(bench, port)


def _run(bench: Workbench, port: int) -> int:
    have_image(bench)
    _require_free(port)
    name = f"{bench.lab.id}-{secrets.token_hex(3)}"
    print(f"http://localhost:{port} (Ctrl-C ends it)", file=sys.stderr)
    terminal = ["--interactive", "--tty"] if sys.stdin.isatty() else []
    options = ["--rm", "--init", "--name", name, "--publish", f"{LOOPBACK}:{port}:{port}"]
    try:
        return bench.docker("run", *options, *run_options(bench.lab), *terminal, bench.tag)
    finally:
        with suppress(EngineError):  # a container that ignores signals would keep the port
            bench.engine.run_cli("rm", "--force", name)


def _up(bench: Workbench, port: int) -> int:
    """Say what comes up in which order, fetch the images, run `docker compose up`, and finally `down`."""
    try:
        print(*coming_up(project_of(bench.lab)), sep="\n", file=sys.stderr)
        bench.fetch(required_images(bench.lab))
    except Unreadable as unreadable:
        raise UsageError(str(unreadable)) from None
    _require_free(port)
    project = ["compose", "--file", str(bench.lab.folder / bench.lab.main_file)]
    try:
        return bench.docker(*project, "up", "--build")
    finally:
        bench.docker(*project, "down")


def _require_free(port: int) -> None:
    """Raise `UsageError` if the port is taken, since Docker's own message does not help."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except PermissionError:  # below 1024; the engine may take it, and says itself if it is taken
            return
        except OSError:
            who = f"`ss -ltnp sport = :{port}` shows it, `docker ps` if it is a container"
            raise UsageError(f"port {port} is taken: end the program that has it first ({who})") from None
