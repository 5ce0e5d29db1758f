"""A registry on loopback, for labs that push or pull: Debian's docker-registry, unpacked but not installed.

Docker treats a registry on 127.0.0.0/8 as insecure, so it needs no certificate. The engine must run on this
machine, as the embedded one does, since a virtual machine has its own loopback.
"""

import http.client
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.engine.commands import lines, started
from checks.engine.commands import run as run_program
from checks.engine.embedded.apt import PrivateApt
from checks.engine.embedded.layout import only_one
from checks.engine.embedded.suites import suites
from checks.engine.engine import Engine
from checks.engine.errors import EngineError, NoEngine
from checks.engine.ports import LOOPBACK, free_port
from checks.engine.retry import Patience, again
from checks.engine.run import Run

PACKAGE: Final = "docker-registry"
READY_LIMIT_S: Final = 20.0
SHOWN_LINES: Final = 10
ANSWER_SECONDS: Final = 5.0
DIGEST: Final = "docker-content-digest"
# The types of manifests (OCI image specification; Docker's distribution, "Image Manifest V 2, Schema 2").
MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)
# Keys of the registry's configuration reference. It listens only on `http.addr`.
CONFIGURATION: Final = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {directory}}}, delete: {{enabled: true}}}}
http: {{addr: "{address}"}}
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answers at `address`, the first part of the names of its images."""

    address: str

    def digest(self, path: str, tag: str) -> str | None:
        """Return the digest of the manifest that a tag points to; None if there is no such tag."""
        status, headers = _asked(self.address, "HEAD", f"/v2/{path}/manifests/{tag}")
        return headers.get(DIGEST) if status == http.client.OK else None

    def image(self, path: str, tag: str = "latest") -> str:
        """The full name of an image in this registry."""
        return f"{self.address}/{path}:{tag}"


@contextmanager
def registry(engine: Engine, run: Run) -> Iterator[Registry]:
    """Run an empty registry beside the embedded engine; on exit, end it and delete its images.

    Raises NoEngine on a host's engine, which may run on another machine.
    """
    if engine.directory is None:
        raise NoEngine("a registry runs beside the embedded engine only (`--engine embedded`).")
    program = _program(engine.directory / "registry")
    with run.scratch() as scratch, _serving(program, Path(scratch)) as answering:
        yield answering


@again(EngineError)
def _program(directory: Path) -> Path:
    """Return the registry's program; download and unpack it once for each engine."""
    program = directory / "usr/bin" / PACKAGE
    with only_one(directory / "lock"):
        if not program.exists():
            apt = PrivateApt(directory / "apt", suites())
            apt.update()
            apt.fetch_alone([PACKAGE], apt.suites.host)
            for package in apt.archives.glob("*.deb"):
                run_program(("dpkg-deb", "--extract", package, directory))
    return program


@contextmanager
def _serving(program: Path, directory: Path) -> Iterator[Registry]:
    address = f"{LOOPBACK}:{free_port()}"
    configuration = directory / "config.yml"
    configuration.write_text(CONFIGURATION.format(directory=directory / "images", address=address))
    with started([program, "serve", configuration], {}) as process:
        _await_answer(process, address)
        yield Registry(address)


def _await_answer(process: subprocess.Popen[bytes], address: str) -> None:
    """Wait for `GET /v2/`; raise EngineError with its last output if it ends or does not answer in time."""
    patience = Patience(READY_LIMIT_S)
    while not _answers(address):
        if process.poll() is not None or patience.is_over:
            process.terminate()
            said = b"\n".join([*lines(process, Patience(READY_LIMIT_S))][-SHOWN_LINES:])
            raise EngineError((PACKAGE, "serve"), process.wait(), said.decode(errors="replace"))
        time.sleep(0.1)


def _answers(address: str) -> bool:
    """Whether a server at `address` speaks the protocol of OCI's distribution specification."""
    try:
        return _asked(address, "GET", "/v2/")[0] == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def _asked(address: str, method: str, path: str) -> tuple[int, Mapping[str, str]]:
    """Return the status and the headers of an answer."""
    connection = http.client.HTTPConnection(address, timeout=ANSWER_SECONDS)
    try:
        connection.request(method, path, headers={"Accept": MANIFESTS})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()
