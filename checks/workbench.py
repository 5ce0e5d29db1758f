"""A lab's image in a student's hands: built, run, looked into and pushed with the tag that the README names.

Nothing here grades. The commands are printed before they run, so that a student learns to type them.
"""

import os
import shlex
import subprocess
import sys
from functools import cached_property
from pathlib import Path

from checks.engine.cgroups import build_cgroup
from checks.engine.engine import Engine
from checks.engine.find import find
from checks.engine.limits import BuildLimits
from checks.engine.standins import ensure_base
from checks.grading.lab import ImageAsked, Lab
from checks.parsing.dockerfile import parse_dockerfile
from checks.parsing.errors import ParseError
from checks.reports.progress import Progress

TOOLS = Path(sys.executable).parent  # wheels of dive and hadolint put their programs there
SOCKET = "/var/run/docker.sock"
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
        for base in self._bases(file):
            with Progress.on(sys.stderr).step(f"fetches {base}") as say:
                ensure_base(self._engine, base, say)
        # In the group that grading builds in, so that each finds in the cache what the other has built.
        with build_cgroup(self._engine, BuildLimits()) as cgroup:
            group = ["--cgroup-parent", f"/{cgroup.name}"] if cgroup else []
            tag = ["--tag", image.tag, *group, "--file", str(file)]
            return self._docker("build", *tag, str(self._lab.folder))

    def run(self) -> int:
        """Run it in the foreground until Ctrl-C, on loopback alone."""
        port = int(self._lab.number("port"))
        self._have_image()
        print(f"http://localhost:{port} (Ctrl-C ends it)", file=sys.stderr)
        terminal = ["--interactive", "--tty"] if sys.stdin.isatty() else []
        return self._docker(
            "run", "--rm", "--init", *terminal, "--publish", f"127.0.0.1:{port}:{port}", self._tag
        )

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
            self._docker("run", "--rm", *mount, "hadolint/hadolint:latest", "hadolint", "/Dockerfile")
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

    @staticmethod
    def _bases(dockerfile: Path) -> list[str]:
        try:
            parsed = parse_dockerfile(dockerfile.read_bytes(), path=dockerfile.name)
        except (OSError, ParseError) as error:
            raise Unclear(f"{dockerfile}: {error}") from None
        return sorted({stage.root_base for stage in parsed.stages} - {"scratch"})

    def _docker(self, *arguments: str) -> int:
        return self._call([str(self._engine.cli), *arguments])

    def _call(self, command: list[str], *, quiet: bool = False) -> int:
        """Run a program in front of the student; its exit status."""
        if not quiet:
            print(f"$ {shlex.join([Path(command[0]).name, *command[1:]])}", file=sys.stderr)
        environment = dict(self._engine.environment) if not quiet else None
        return subprocess.run(command, env=environment, check=False).returncode


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
