"""A student's Compose project at work: what a check may ask of it, and what it may do to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.engine.project.copies import Copies
from checks.engine.project.document import Document, publishing
from checks.engine.project.helpers import NotRunning, crash
from checks.engine.project.project import Project
from checks.evidence.image.image import Image
from checks.evidence.service.model import Model, broken
from checks.evidence.service.service import Answer, Question, Service
from checks.evidence.service.startup import Startup
from checks.evidence.submission.limits import Refused
from checks.evidence.submission.safe_write import put_back, take_place
from checks.expect.composition import Place
from checks.grading.copying import write_copies
from checks.grading.images import Images
from checks.grading.normalized import LIMITS, NormalizedProject
from checks.outcomes import CheckFailed
from checks.sanitize import fenced
from checks.sections import ModelSettings, WatchedSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


@dataclass(frozen=True)
class RunningProject:
    """Both boots; what is asked from now on is asked of the second, which `document` describes.

    `absent` has the services that cannot be booted, and why.
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
        """What the lab asks of the project."""
        return self.evidence.lab.asks(WatchedSettings)

    @property
    def given(self) -> ModelSettings:
        """What the lab gives to the service."""
        return self.evidence.lab.asks(ModelSettings)

    def place(self, key: str) -> Place:
        """Where the student's file says this of the service."""
        compose = self.form.compose
        return Place.of(compose, self.evidence.path_of(compose.path), self.asked.service, key)

    @property
    def key(self) -> str:
        """The API key that the secret's file holds."""
        return self.evidence.canary_files.value(self.given.secret_file)

    @property
    def secret(self) -> str:
        """The end of the path of that key's file."""
        return f"{self.project.root.name}/{self.given.secret_file}"

    def inspect(self) -> Mapping[str, Any]:
        """What the engine knows of the service's container."""
        return self.service.running.inspect()

    def predict(self, features: list[float], key: str) -> Answer:
        """Ask for a prediction."""
        return self.service.ask(Question("/predict", {"features": features}, {"X-API-Key": key}))

    @contextmanager
    def broken(self) -> Iterator[None]:
        """The file of the model holds none for a while."""
        with self._model_file() as name:
            write_copies(self.copies, name, broken())
        try:
            yield
        finally:
            with self._model_file() as name:
                write_copies(self.copies, name, self.model.pickle)

    @contextmanager
    def swapped(self, data: bytes) -> Iterator[None]:
        """Another file is in the place of the model for a while, put there as the course's own trainer does it."""
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
        """Its path, while it is changed; raises `CheckFailed` where the container has put something else there."""
        name = self.given.model_file
        try:
            yield name
        except Refused as refused:
            raise CheckFailed(
                f"the file `{name}` where it was", str(refused), "Mount the folder read-only."
            ) from None

    def switched_off(self) -> frozenset[str]:
        """The profiles of the service, when `docker compose up` starts it for none of them."""
        profiles = self.form.compose.services[self.asked.service].profiles
        chosen = {name.strip() for name in self.form.variables.get("COMPOSE_PROFILES", "").split(",")}
        return frozenset() if chosen & {*profiles, "*"} else frozenset(profiles)

    def contents(self) -> Image:
        """All that the image of the service is made of: of the one that runs."""
        return self.images.contents(str(self.document["services"][self.asked.service]["image"]))

    @contextmanager
    def crashed(self) -> Iterator[str]:
        """The service's process is killed; when it began. Afterwards it is at work, whoever started it."""
        _, run = self.evidence.engines.ready()
        running = self.service.running
        try:
            begun = crash(running, run, self.evidence.engines.base(self.evidence.lab.image.base).image_id)
        except NotRunning as over:
            raise CheckFailed(
                "a service at work, whose process can be killed",
                f"{over}\nIts output:\n{fenced(running.logs())}",
                "A service goes on until somebody stops it. Look at `docker compose logs`.",
            ) from None
        try:
            yield begun
        finally:
            if running.is_over():
                running.container.start()

    def also(self, name: str, port: int) -> Service | None:
        """One more service of the file, with this port of it published; None when it cannot be started."""
        if name in self.absent:
            raise self.absent[name]
        lab, services = self.evidence.lab, self.document["services"]
        alone = {**services[name], "ports": []}
        document = publishing({**self.document, "services": {**services, name: alone}}, name, port)
        with self.evidence.step(f"boots `{name}`"):
            self.project.up(document, [name], self.asked.healthy_seconds)
        running = self.project.container(name, LIMITS)
        return Service(running, port, lab.start_seconds) if running else None
