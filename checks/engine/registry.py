"""A registry in a container of the engine, for labs that push: its own, empty one for each grading.

Docker treats a registry on 127.0.0.0/8 as insecure, so it needs no certificate. An engine in a virtual machine
finds its published ports on its own loopback, too, so `127.0.0.1:port` means the same to the engine and to us.
"""

import http.client
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from checks.engine.container import Running
from checks.engine.docker_run import StartFailed, run_container
from checks.engine.engine import Engine
from checks.engine.errors import EngineError
from checks.engine.limits import ContainerLimits
from checks.engine.ports import LOOPBACK
from checks.engine.retry import Patience
from checks.engine.run import Run

IMAGE: Final = "registry:2"
PORT: Final = 5000
LIMITS: Final = ContainerLimits(disk_mib=8192)
READY_LIMIT_S: Final = 20.0
SAID: Final = 2_000  # characters of its last words
ANSWER_SECONDS: Final = 5.0
DIGEST: Final = "docker-content-digest"
# The types of manifests (OCI image specification; Docker's distribution, "Image Manifest V 2, Schema 2").
MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)


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
def registry(engine: Engine, run: Run, image: str) -> Iterator[Registry]:
    """Run an empty registry from `image`, the id of a local `IMAGE`; on exit, remove it with its images.

    Raises EngineError if it does not start or answer, which no student can mend.
    """
    try:
        with run_container(engine, run, image, port=PORT, limits=LIMITS) as running:
            yield Registry(_answering(running))
    except StartFailed as failed:
        raise EngineError(("docker", "run", IMAGE), 1, str(failed)) from failed


def _answering(running: Running) -> str:
    """Wait for `GET /v2/`, and return the address; raise EngineError with its last words if it does not answer."""
    patience = Patience(READY_LIMIT_S)
    while not running.is_over() and not patience.is_over:
        published = running.published(PORT)
        if published is not None and _answers(address := f"{LOOPBACK}:{published}"):
            return address
        time.sleep(0.1)
    raise EngineError(("docker", "run", IMAGE), 1, f"{running.ending()}\n{running.logs()[-SAID:]}")


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
