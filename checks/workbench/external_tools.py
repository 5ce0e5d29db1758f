"""External tools for a second opinion on a student's work, each from its wheel, or else from its image."""

import sys
from pathlib import Path

from checks.workbench.context import Workbench, can_draw
from checks.workbench.images import have_image

TOOLS = Path(sys.executable).parent  # wheels put their programs there
SOCKET = ["--volume", "/var/run/docker.sock:/var/run/docker.sock"]
DOCKERS_OWN = 125  # exit status of `docker run` if Docker failed and not the container


def dive(bench: Workbench) -> int:
    """Show the layers in dive's screen, or its summary if there is no terminal."""
    have_image(bench)
    summary = [] if can_draw(sys.stdout) else ["--ci"]
    if (program := TOOLS / "dive").exists():
        return bench.call([str(program), *summary, bench.tag], bench.engine.environment)
    terminal = [] if summary else ["--interactive", "--tty"]
    return bench.docker("run", "--rm", *terminal, *SOCKET, "wagoodman/dive:latest", *summary, bench.tag)


def has_dive() -> bool:
    """Whether the program is here; else its image is used, if that can be had."""
    return (TOOLS / "dive").exists()


def hadolint(bench: Workbench) -> int:
    """Print hadolint's findings; some deliberately contradict the requirements of this lab."""
    file = bench.lab.folder / bench.lab.dockerfile
    if (program := TOOLS / "hadolint").exists():
        bench.call([str(program), str(file)])
    else:
        mount = ["--volume", f"{file}:/Dockerfile:ro"]
        tool = ("hadolint/hadolint:latest", "hadolint", "/Dockerfile")
        if (status := bench.docker("run", "--rm", *mount, *tool)) >= DOCKERS_OWN:
            return status
    print("A second opinion: none of it counts for your points.", file=sys.stderr)
    return 0


def structure(bench: Workbench) -> int:
    """Run the lab's structure.yaml with container-structure-test."""
    file = bench.lab.starter / "structure.yaml"
    have_image(bench)
    words = ["test", "--image", bench.tag, "--config"]
    if (program := TOOLS / "container-structure-test").exists():
        return bench.call([str(program), *words, str(file)], bench.engine.environment)
    mounts = [*SOCKET, "--volume", f"{file}:/structure.yaml:ro"]
    image = "gcr.io/gcp-runtimes/container-structure-test:latest"
    return bench.docker("run", "--rm", *mounts, image, *words, "/structure.yaml")
