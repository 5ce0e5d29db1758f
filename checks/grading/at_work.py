"""A running Compose project of a student: what a check may ask of it and do to it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.project.copies import Copies
from checks.engine.project.document import Document, publishing
from checks.engine.project.project import Project
from checks.evidence.image.image import Image
from checks.evidence.service.model import Model, broken
from checks.evidence.service.service import Answer, Question, Service
from checks.evidence.service.startup import Startup
from checks.evidence.submission.limits import Refused
from checks.evidence.submission.safe_write import put_back, take_place
from checks.expect.composition import Place
from checks.grading.copying import disguise_copies, write_copies
from checks.grading.crashing import crashed
from checks.grading.images import Images
from checks.grading.normalized import LIMITS, NormalizedProject
from checks.outcomes import CheckFailed
from checks.sections import ModelSettings, WatchedSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence

NO_MODEL = 503  # the status of `GET /health` without a model
ANSWERS = 8
DISGUISES = 3


@dataclass(frozen=True)
class RunningProject:
    """Both boots of the project; checks ask the second one, which `document` describes.

    `absent` maps each service that cannot be booted to the reason.
    """

    evidence: "LabEvidence"
    project: Project
    form: NormalizedProject
    document: Document
    copies: Copies
    images: Images
    absent: Mapping[str, Exception]
    service: Service
    model: Model
    first: Startup
    second: Startup

    @property
    def asked(self) -> WatchedSettings:
        """The section of `lab.yaml` that says what the lab asks of the project."""
        return self.evidence.lab.asks(WatchedSettings)

    @property
    def given(self) -> ModelSettings:
        """The section of `lab.yaml` that says which model and key the lab gives to the service."""
        return self.evidence.lab.asks(ModelSettings)

    def place(self, key: str) -> Place:
        """Return the place of this key of the service in the student's file."""
        compose = self.form.compose
        return Place.of(compose, self.evidence.path_of(compose.path), self.asked.service, key)

    @property
    def key(self) -> str:
        """The API key in the secret's file."""
        return self.evidence.canary_files.value(self.given.secret_file)

    @property
    def secret(self) -> str:
        """The last parts of the path of the secret's file, from the project's folder on."""
        return f"{self.project.root.name}/{self.given.secret_file}"

    def inspect(self) -> Mapping[str, Any]:
        """Return the engine's description of the service's container, as `docker inspect` does."""
        return self.service.running.inspect()

    def predict(self, features: list[float], key: str) -> Answer:
        """Ask for a prediction."""
        return self.service.ask(Question("/predict", {"features": features}, {"X-API-Key": key}))

    @contextmanager
    def broken(self) -> Iterator[None]:
        """Context manager; inside it the model file holds a pickle that is not a model."""
        self._break()
        try:
            yield
        finally:
            with self._model_file() as name:
                write_copies(self.copies, name, self.model.pickle)

    def disguised(self) -> bool:
        """Put the model back so that the broken service does not notice; return whether it did not.

        Now the file is right, and `GET /health` still says 503: a health check that is healthy does not ask the
        service. Where the service loads the file in the midst of this, it is tried again.
        """
        is_silent = isinstance(self.second.config, CheckFailed)
        for _ in range(0 if is_silent else DISGUISES):
            self._break()
            if self.says_broken():
                with self._model_file() as name:
                    disguise_copies(self.copies, name, self.model.pickle)
                if self.says_broken():
                    return True
        return False

    def says_broken(self) -> bool:
        """Whether `GET /health` says so as often as we ask it: a service may be several processes."""
        answers = (self.service.get("/health") for _ in range(ANSWERS))
        return all(answer.status == NO_MODEL for answer in answers)

    def _break(self) -> None:
        with self._model_file() as name:
            write_copies(self.copies, name, broken(len(self.model.pickle)))

    @contextmanager
    def swapped(self, data: bytes) -> Iterator[None]:
        """Context manager; inside it another file replaces the model, as the course's trainer replaces it."""
        with self._model_file() as name:
            kept = [(folder, take_place(folder, name, data)) for folder in self.copies.holding(name)]
        try:
            yield
        finally:
            with self._model_file() as name:
                for folder, old in kept:
                    put_back(folder, name, old)

    @contextmanager
    def _model_file(self) -> Iterator[str]:
        """Yield the model's path for a change; raise `CheckFailed` if the container has replaced that file."""
        name = self.given.model_file
        try:
            yield name
        except Refused as refused:
            raise CheckFailed(
                f"the file `{name}` where it was", str(refused), "Mount the folder read-only."
            ) from None

    def switched_off(self) -> frozenset[str]:
        """Return the service's profiles if none of them is active, so that `docker compose up` leaves it out."""
        profiles = self.form.compose.services[self.asked.service].profiles
        chosen = {name.strip() for name in self.form.variables.get("COMPOSE_PROFILES", "").split(",")}
        return frozenset() if chosen & {*profiles, "*"} else frozenset(profiles)

    def contents(self) -> Image:
        """Return the contents of the image that the service runs."""
        return self.images.contents(str(self.document["services"][self.asked.service]["image"]))

    def crashed(self) -> AbstractContextManager[str]:
        """Kill the service's process, as `checks.grading.crashing.crashed` does."""
        return crashed(self.evidence, self.service.running)

    def also(self, name: str, port: int) -> Service | None:
        """Boot one more service with this port published; None if it has no container. Raise why it is absent."""
        if name in self.absent:
            raise self.absent[name]
        lab, services = self.evidence.lab, self.document["services"]
        alone = {**services[name], "ports": []}
        document = publishing({**self.document, "services": {**services, name: alone}}, name, port)
        with self.evidence.step(f"boots `{name}`"):
            self.project.up(document, [name], self.asked.healthy_seconds)
        running = self.project.container(name, LIMITS)
        return Service(running, port, lab.start_seconds) if running else None
