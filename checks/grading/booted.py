"""A student's Compose project at work: booted as it is, and once more with other settings.

The first boot is the student's own, to the second: that is how long it takes to be healthy. The second one has
another `.env`, and asks the health check every second, so that nobody waits for minutes to see it fail.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checks.engine.compose.bounded import Document, on_loopback
from checks.engine.compose.crash import crash
from checks.engine.compose.project import Project, Up, project
from checks.engine.container import Running
from checks.evidence.answer import Answer
from checks.evidence.output import quote, visible_line
from checks.evidence.refused import Refused
from checks.evidence.service import Question, Service
from checks.evidence.swapped import overwrite
from checks.expect.failure import CheckFailed
from checks.grading.composing import LIMITS, Form, dot_env, form
from checks.grading.images import images
from checks.grading.models import Model, train

if TYPE_CHECKING:
    from checks.grading.gathering import Gathering

LEVELS = ("debug", "info", "warning", "error", "critical")
START_INTERVAL_API = (1, 44)  # the first version of the engine's interface that knows `start_interval`


@dataclass(frozen=True)
class Boot:
    """One `docker compose up`: the log level that `.env` asked for, and what `GET /config` said, or why not."""

    level: str
    up: Up
    config: Answer | CheckFailed


@dataclass(frozen=True)
class Booted:
    """Both boots; what is asked from now on is asked of the second."""

    gathering: "Gathering"
    project: Project
    form: Form
    service: Service
    model: Model
    first: Boot
    second: Boot

    @property
    def key(self) -> str:
        """The API key that the secret's file holds."""
        return self.gathering.planting.value(self.gathering.lab.text("secret_file"))

    @property
    def secret(self) -> str:
        """The end of the path of that key's file."""
        return f"{self.project.root.name}/{self.gathering.lab.text('secret_file')}"

    def inspect(self) -> Mapping[str, Any]:
        """What the engine knows of the service's container."""
        return self.service.running.inspect()

    def predict(self, features: list[float], key: str) -> Answer:
        """Ask for a prediction."""
        return self.service.ask(Question("/predict", {"features": features}, {"X-API-Key": key}))

    @contextmanager
    def swapped(self, data: bytes) -> Iterator[None]:
        """The file of the model has other bytes for a while."""
        self._write(data)
        try:
            yield
        finally:
            self._write(self.model.pickle)

    def _write(self, data: bytes) -> None:
        name = self.gathering.lab.text("model_file")
        try:
            overwrite(self.project.root, name, data)
        except Refused as refused:
            raise CheckFailed(
                f"the file `{name}` where it was", str(refused), "Mount the folder read-only."
            ) from None

    @contextmanager
    def crashed(self) -> Iterator[str]:
        """The service's process is killed; when it began. Afterwards it is at work, whoever started it."""
        _, run = self.gathering.engines.ready()
        running = self.service.running
        begun = str(running.inspect()["State"]["StartedAt"])
        crash(running, run, self.gathering.engines.base(self.gathering.lab.text("base")).image_id)
        try:
            yield begun
        finally:
            if running.is_over():
                running.container.start()

    def also(self, name: str, port: int) -> Service | None:
        """One more service of the file, with this port of it published; None when it cannot be started."""
        gathering, lab = self.gathering, self.gathering.lab
        document = self.form.bounded(gathering, self.project, images(gathering, self.form, name))
        document = quickened(document, lab.text("service"), self.service.running)
        service = document["services"][name]
        service["ports"] = [on_loopback({"target": port})]
        with gathering.step(f"boots `{visible_line(name)}`"):
            self.project.up(document, name, lab.number("healthy_seconds"))
        running = self.project.container(name, LIMITS)
        return Service(running, port, lab.number("start_seconds")) if running else None


@contextmanager
def booted(gathering: "Gathering") -> Iterator[Booted]:
    """Boot it twice and tear it down; raises `CheckFailed` when nothing comes of it."""
    lab, root = gathering.lab, gathering.workspace().root
    engine, run = gathering.engines.ready()
    name = lab.text("service")
    levels = random.sample(LEVELS, 2)
    with project(engine, run, root) as made:
        # Both before anything runs: what runs could write to the folder.
        forms = [form(gathering, made, dot_env(gathering, {"LOG_LEVEL": level})) for level in levels]
        model = train(gathering)
        (root / lab.text("model_file")).parent.mkdir(mode=0o755, exist_ok=True)
        model.put((root / lab.text("model_file")).parent)
        documents = [each.bounded(gathering, made, images(gathering, each, name)) for each in forms]
        service, first = _boot(gathering, made, documents[0], levels[0])
        documents[1] = quickened(documents[1], name, service.running)
        service, second = _boot(gathering, made, documents[1], levels[1])
        yield Booted(gathering, made, forms[1], service, model, first, second)


def _boot(gathering: "Gathering", made: Project, document: Document, level: str) -> tuple[Service, Boot]:
    """`up`, and the first answer of the service, if one comes."""
    lab = gathering.lab
    with gathering.step(f"boots {gathering.path_of(lab.text('compose'))}"):
        up = made.up(document, lab.text("service"), lab.number("healthy_seconds"))
    running = made.container(lab.text("service"), LIMITS)
    if running is None or running.inspect()["State"]["Status"] == "created":
        raise CheckFailed(
            "`docker compose up` starts the service",
            quote(up.said),
            "Start it yourself with `docker compose up` and read its last lines.",
            file=gathering.path_of(lab.text("compose")),
        )
    service = Service(running, int(lab.number("port")), lab.number("start_seconds"))
    return service, Boot(level, up, _answer(service))


def _answer(service: Service) -> Answer | CheckFailed:
    """What `GET /config` says, or why it says nothing; nobody waits for a port that is not published."""
    waiting = service if service.running.published(service.port) else replace(service, seconds=0)
    try:
        return waiting.get("/config")
    except CheckFailed as silent:
        return silent


def health_test(running: Running) -> tuple[str, ...]:
    """The health check in force, the image's own included; empty when there is none."""
    test = tuple((running.inspect()["Config"].get("Healthcheck") or {}).get("Test") or ())
    return () if test[:1] == ("NONE",) else test


def quickened(document: Document, name: str, running: Running) -> Document:
    """The same health check, asked every second and believed the second time; none where there was none."""
    if not health_test(running):
        return document
    service = document["services"][name]
    quick = {"interval": "1s", "retries": 2, "start_period": "60s"}
    version = tuple(map(int, running.engine.client.api.api_version.split(".")))
    own = {key: value for key, value in (service.get("healthcheck") or {}).items() if key != "start_interval"}
    if version >= START_INTERVAL_API:
        quick["start_interval"] = "1s"
    services = {**document["services"], name: {**service, "healthcheck": {**own, **quick}}}
    return {**document, "services": services}
