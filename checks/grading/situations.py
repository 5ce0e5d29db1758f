"""One image in several situations: each is a container of its own, booted when it is first asked for."""

import random
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checks.engine.docker_run import READ_ONLY, WATCHED
from checks.evidence.service.service import Service

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

OTHER_PORTS = range(8001, 8100)
NOWHERE = "/nowhere/model.json"


class Situations(ExitStack):
    """Containers of the lab's main image; on exit, all are removed. `delay`: see `moved`, in seconds."""

    def __init__(self, evidence: "LabEvidence", delay: float) -> None:
        super().__init__()
        self._evidence, self._delay = evidence, delay

    @cached_property
    def moved(self) -> Service:
        """It is told another port in `PORT`, and to take its time to predict; its health check runs often."""
        port = random.choice(OTHER_PORTS)  # noqa: S311 - no secret
        environment = {"PORT": str(port), "PREDICT_DELAY": str(self._delay)}
        return self._booted(environment=environment, port=port, options=WATCHED)

    @cached_property
    def broken(self) -> Service:
        """It is told to serve a model that is not there; its health check runs often."""
        return self._booted(environment={"MODEL_PATH": NOWHERE}, options=WATCHED)

    @cached_property
    def read_only(self) -> Service:
        """Its root is read-only, and `/tmp` is in memory."""
        return self._booted(options=READ_ONLY)

    def _booted(self, **given: Any) -> Service:
        return self.enter_context(self._evidence.service(self._evidence.lab.dockerfile, **given))
