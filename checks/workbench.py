"""A lab's image in a student's hands: built, run, looked into and pushed with the tag that the README names.

Nothing here grades. The commands are printed before they run, so that a student learns to type them.
"""

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from checks.engine.cgroups import build_cgroup
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.find import find
from checks.engine.limits import BuildLimits
from checks.engine.standins import ensure_base
from checks.expect.failure import CheckFailed
from checks.grading.frontend import settle_frontend
from checks.grading.lab import ImageAsked, Lab
from checks.handout import run_options
from checks.parsing.bases import external_images
from checks.parsing.dockerfile import Dockerfile, parse_dockerfile
from checks.parsing.errors import ParseError
from checks.projects import Unreadable, required_images
from checks.reports.progress import Progress

TOOLS = Path(sys.executable).parent  # wheels of dive and hadolint put their programs there
SOCKET = "/var/run/docker.sock"
LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 15
DOCKERS_OWN = 125  # `docker run` ends so when it was not the container that failed
ARTIFACT_REGISTRY = "{LOCATION}-docker.pkg.dev/{PROJECT_ID}/{REPOSITORY}"  # Google's own form of it


class Unclear(Exception):  # noqa: N818 - a question to the person, not an error
    """Something that the person must say first."""


class Workbench:
    """One lab, and the engine it is built on."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    @cached_property
    def _engine(self) -> Engine:
        with Progress.on(sys.stderr).step("looks for an engine") as say:
            return find("auto", say)

    def build(self) -> int:
        """Build every image of the lab; the exit status of the first build that fails, else 0."""
        return next(filter(None, map(self._build, self._lab.images.values())), 0)

    def _build(self, image: ImageAsked) -> int:
        """Build one, its bases pulled or stood in for beforehand."""
        file = self._lab.folder / image.dockerfile
        parsed = _read(file)
        for base in external_images(parsed):
            with Progress.on(sys.stderr).step(f"fetches {base}") as say:
                ensure_base(self._engine, base, say)
        # In the group that grading builds in, so that each finds in the cache what the other has built.
        with build_cgroup(self._engine, BuildLimits()) as cgroup, self._readable(parsed, file) as readable:
            group = ["--cgroup-parent", f"/{cgroup.name}"] if cgroup else []
            tag = ["--tag", image.tag, *group, "--file", str(readable)]
            return self._docker("build", *tag, str(self._lab.folder))

    @contextmanager
    def _readable(self, parsed: Dockerfile, file: Path) -> Iterator[Path]:
        """The Dockerfile as this engine can read it: the embedded one cannot always pull a frontend."""
        if "syntax" not in parsed.directives or self._engine.kind != "embedded":
            yield file
            return
        with tempfile.TemporaryDirectory() as directory:
            copy = Path(directory, file.name)
            copy.write_bytes(file.read_bytes())
            try:
                settle_frontend(parsed, copy, file.name, built_in=True)
            except CheckFailed as foreign:
                raise Unclear(f"{file}:{foreign.line}: {foreign.actual}. {foreign.help}") from None
            yield copy

    def run(self) -> int:
        """Run it in the foreground until Ctrl-C, on loopback alone; a Compose project as its file says."""
        port = int(self._lab.number("port"))
        if "compose" in self._lab.settings:
            return self._up(port)
        self._have_image()
        _require_free(port)
        name = f"{self._lab.id}-{secrets.token_hex(3)}"
        print(f"http://localhost:{port} (Ctrl-C ends it)", file=sys.stderr)
        terminal = ["--interactive", "--tty"] if sys.stdin.isatty() else []
        options = ["--rm", "--init", "--name", name, "--publish", f"{LOOPBACK}:{port}:{port}"]
        options += run_options(self._lab)
        try:
            return self._docker("run", *options, *terminal, self._tag)
        finally:
            with suppress(EngineError):  # one that heeds no signal would keep the port
                self._engine.run_cli("rm", "--force", name)

    def _up(self, port: int) -> int:
        """`docker compose up`, its images pulled or stood in for beforehand; all of it goes at the end."""
        try:
            needed = required_images(self._lab)
        except Unreadable as unreadable:
            raise Unclear(str(unreadable)) from None
        for base in needed:
            with Progress.on(sys.stderr).step(f"fetches {base}") as say:
                ensure_base(self._engine, base, say)
        _require_free(port)
        project = ["compose", "--file", str(self._lab.folder / self._lab.text("compose"))]
        try:
            return self._docker(*project, "up", "--build")
        finally:
            self._docker(*project, "down")

    def dive(self) -> int:
        """Show its layers: dive's own screen, or its summary where there is no terminal."""
        self._have_image()
        summary = [] if sys.stdout.isatty() else ["--ci"]
        if (program := TOOLS / "dive").exists():
            return self._call([str(program), *summary, self._tag])
        socket = ["--volume", f"{SOCKET}:{SOCKET}"]
        terminal = [] if summary else ["--interactive", "--tty"]
        return self._docker("run", "--rm", *terminal, *socket, "wagoodman/dive:latest", *summary, self._tag)

    def hadolint(self) -> int:
        """Print what hadolint thinks; some of it contradicts what this lab asks for: that is the point."""
        file = self._lab.folder / self._lab.text("dockerfile")
        if (program := TOOLS / "hadolint").exists():
            self._call([str(program), str(file)], quiet=True)
        else:
            mount = ["--volume", f"{file}:/Dockerfile:ro"]
            tool = ("hadolint/hadolint:latest", "hadolint", "/Dockerfile")
            if (status := self._docker("run", "--rm", *mount, *tool)) >= DOCKERS_OWN:
                return status
        print("A second opinion: none of it counts for your points.", file=sys.stderr)
        return 0

    def structure(self) -> int:
        """Run the lab's structure.yaml with container-structure-test."""
        file = self._lab.folder / "structure.yaml"
        self._have_image()
        if (program := TOOLS / "container-structure-test").exists():
            return self._call([str(program), "test", "--image", self._tag, "--config", str(file)])
        mounts = ["--volume", f"{SOCKET}:{SOCKET}", "--volume", f"{file}:/structure.yaml:ro"]
        image = "gcr.io/gcp-runtimes/container-structure-test:latest"
        return self._docker(
            "run", "--rm", *mounts, image, "test", "--image", self._tag, "--config", "/structure.yaml"
        )

    def push(self) -> int:
        """Tag the image for a registry, and push it there."""
        target = f"{_registry()}/{self._tag}"
        self._have_image()
        return self._docker("tag", self._tag, target) or self._docker("push", target)

    @property
    def _tag(self) -> str:
        return self._lab.images[self._lab.text("dockerfile")].tag

    def _have_image(self) -> None:
        """Build it when there is none yet; one that is out of date is the student's to build again."""
        if not self._engine.client.api.images(self._tag) and self.build():
            raise Unclear(f"there is no image {self._tag}: the build failed")

    def _docker(self, *arguments: str) -> int:
        return self._call([str(self._engine.cli), *arguments])

    def _call(self, command: list[str], *, quiet: bool = False) -> int:
        """Run a program in front of the student; its exit status."""
        if not quiet:
            print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", file=sys.stderr)
        environment = dict(self._engine.environment) if not quiet else None
        with subprocess.Popen(command, env=environment) as process:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the terminal tells everybody of Ctrl-C, kill only us
                process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)
                process.kill()
                raise


def _read(file: Path) -> Dockerfile:
    try:
        return parse_dockerfile(file.read_bytes(), path=file.name)
    except (OSError, ParseError) as error:
        raise Unclear(f"{file}: {error}") from None


def _require_free(port: int) -> None:
    """Docker's own words about a port that is taken help nobody."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            who = f"`ss -ltnp sport = :{port}` shows it, `docker ps` if it is a container"
            raise Unclear(f"port {port} is taken: end the program that has it first ({who})") from None


def _registry() -> str:
    """Where to push to, as the person said it."""
    if registry := os.environ.get("REGISTRY"):
        return registry.rstrip("/")
    try:
        return ARTIFACT_REGISTRY.format_map(os.environ)
    except KeyError as missing:
        raise Unclear(
            f"where to? Say REGISTRY=host/path, or LOCATION, PROJECT_ID and REPOSITORY ({missing} is not set)"
        ) from None
