"""One image in several situations: each is a container of its own, booted when it is first asked for."""

import random
import secrets
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checks.engine.docker_run import READ_ONLY, WATCHED
from checks.evidence.service.service import Service

if TYPE_CHECKING:
    from pathlib import Path

    from checks.grading.evidence import LabEvidence

OTHER_PORTS = range(8001, 8100)
OK = 200


class Situations(ExitStack):
    """Containers of the lab's main image; on exit, all are removed. `delay`: see `moved`, in seconds.

    A copy of `model`, a file of the lab's folder, is mounted at a random path, which `MODEL_PATH` names in every
    situation: a health check cannot tell one from another by where the file is.
    """

    def __init__(self, evidence: "LabEvidence", delay: float, model: str) -> None:
        super().__init__()
        self._evidence, self._delay = evidence, delay
        self._model = (evidence.lab.starter / model).read_bytes()
        self._place = f"/mnt/{secrets.token_hex(6)}"

    @cached_property
    def moved(self) -> Service:
        """It is told another port in `PORT`, and to take its time to predict; its health check runs often."""
        port = random.choice(OTHER_PORTS)  # noqa: S311 - no secret
        environment = {"PORT": str(port), "PREDICT_DELAY": str(self._delay)}
        self._put(self._folder("moved"))
        return self._watched("moved", port=port, **environment)

    @cached_property
    def broken(self) -> Service:
        """It is told to serve a model that is not there; its health check runs often."""
        return self._watched("broken")

    def repair(self) -> bool:
        """Put the model to where `broken` looked for it at its start; return whether it is broken all the same."""
        self._put(self._folder("broken"))
        return self.broken.get("/health").status != OK

    @cached_property
    def read_only(self) -> Service:
        """Its root is read-only, and `/tmp` is in memory."""
        return self._booted(options=READ_ONLY)

    def _watched(self, name: str, port: int | None = None, **environment: str) -> Service:
        volumes = [f"{self._folder(name)}:{self._place}:ro"]
        environment["MODEL_PATH"] = f"{self._place}/model.json"
        return self._booted(port=port, environment=environment, volumes=volumes, options=WATCHED)

    def _folder(self, name: str) -> "Path":
        return self._evidence.folder(name)

    def _put(self, folder: "Path") -> None:
        path = folder / "model.json"
        path.write_bytes(self._model)
        path.chmod(0o644)  # regardless of the umask

    def _booted(self, **given: Any) -> Service:
        return self.enter_context(self._evidence.service(self._evidence.lab.dockerfile, **given))
