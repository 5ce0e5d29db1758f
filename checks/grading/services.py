"""Boot a student's Compose project of any number of services, with the file's own settings."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from checks.engine.container import Running
from checks.engine.project.document import Document
from checks.engine.project.project import Project, Up, project
from checks.evidence.image.image import Image
from checks.evidence.service.job import Job
from checks.evidence.service.service import Service
from checks.evidence.submission.limits import Refused
from checks.expect.composition import Place
from checks.grading.copying import copied, place_of_copies, write_copies
from checks.grading.environment import dot_env
from checks.grading.images import Images
from checks.grading.normalized import LIMITS, NormalizedProject, form, judge_together
from checks.outcomes import CheckFailed
from checks.sanitize import fenced
from checks.sections import ComposeSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


@dataclass(frozen=True)
class RunningServices:
    """The running services; `up` is the result of `docker compose up --wait` for all of `asked`.

    `document` is what was booted; `own` is what the student wrote, within the grader's limits.
    """

    evidence: "LabEvidence"
    project: Project
    form: NormalizedProject
    own: Document
    document: Document
    images: Images
    asked: Sequence[str]
    up: Up

    def place(self, service: str, key: str) -> Place:
        """Return the place of this key of a service in the student's file."""
        compose = self.form.compose
        return Place.of(compose, self.evidence.path_of(compose.path), service, key)

    def created(self, service: str) -> Running | None:
        """Return the container of a service, started or not; None if there is none."""
        return self.project.container(service, LIMITS)

    def container(self, service: str) -> Running:
        """Return the container of a service, running or exited; raise `CheckFailed` if it never started."""
        running = self.created(service)
        if running is None or running.inspect()["State"]["Status"] == "created":
            file = self.evidence.path_of(self.form.compose.path)
            help = f"Start it yourself (`make run{self.evidence.lab.target}`) and read its last lines."
            raise CheckFailed(
                f"`docker compose up` starts the service `{service}`", fenced(self.up.said), help, file=file
            )
        return running

    def job(self, name: str, seconds: float) -> Job:
        """Return a service that should end by itself within `seconds`."""
        return Job(self.container(name), seconds, f"make run{self.evidence.lab.target}")

    def restart(self) -> None:
        """Take all containers down and bring the same services up again, as a person does who comes back."""
        with self.evidence.step("takes it down and up again"):
            self.project.end(self.document)
            _up(self.evidence, self.project, self.document, self.asked)

    @contextmanager
    def aside(self, document: Document, *services: str) -> Iterator[Self]:
        """Boot these services of a variant of the document, as a project with volumes of its own."""
        engine, run = self.evidence.engines.ready()
        with project(engine, run, self.project.root, place_of_copies(self.project.root)) as other:
            variant = {**document, "name": other.name}
            up = _up(self.evidence, other, variant, services)
            yield replace(self, project=other, document=variant, asked=services, up=up)

    def service(self, name: str, port: int) -> Service:
        """Return a service, to which checks send requests on this port."""
        lab = self.evidence.lab
        return Service(self.container(name), port, lab.start_seconds, f"make run{lab.target}")

    def contents(self, service: str) -> Image:
        """Return the contents of a service's image, which must be built here."""
        return self.images.contents(str(self.document["services"][service]["image"]))


def _up(evidence: "LabEvidence", made: Project, document: Document, services: Sequence[str]) -> Up:
    """Boot services, and wait for them as long as the lab gives them."""
    return made.up(document, services, evidence.lab.asks(ComposeSettings).healthy_seconds)


@contextmanager
def services_at_work(
    evidence: "LabEvidence", *services: str, variant: Callable[[Document], Document] = lambda own: own
) -> Iterator[RunningServices]:
    """Boot these services, or all, with their dependencies; raise `CheckFailed` if the file cannot be booted.

    What boots is a `variant` of the student's document. On exit tear all of them down.
    """
    lab, root = evidence.lab, evidence.workspace().root
    engine, run = evidence.engines.ready()
    images = Images(evidence)
    evidence.require_visible(evidence.engines.base(lab.image.base).image_id)
    with copied(evidence) as keep, project(engine, run, root, place_of_copies(root)) as made:
        booting = form(evidence, made, dot_env(evidence, {}))
        asked = services or tuple(booting.document["services"])
        names = list(dict.fromkeys(each for name in asked for each in booting.needed(name)))
        judge_together(evidence, booting, names)
        copies, (own,) = keep([booting], [booting.bounded(images, made, names)])
        with suppress(Refused):
            write_copies(copies, ".env", booting.environment)
        document = variant(own)
        with evidence.step(f"boots {evidence.path_of(lab.main_file)}"):
            up = _up(evidence, made, document, asked)
        up = replace(up, said=copies.named(up.said))
        yield RunningServices(evidence, made, booting, own, document, images, asked, up)
