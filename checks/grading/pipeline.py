"""A pipeline at work: a service that trains a model and ends, and one that serves what it has left."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.engine.container import Running
from checks.engine.project.document import Document, publishing
from checks.engine.project.variants import never_restarted, with_variables
from checks.evidence.service.service import Service
from checks.expect.basics import in_file
from checks.expect.composition import Place, is_built_here, service
from checks.expect.training import trained
from checks.grading.crashing import killed
from checks.grading.services import RunningServices, services_at_work
from checks.sections import PipelineSettings

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence
    from checks.parsing.compose import Compose


@dataclass(frozen=True)
class Pipeline:
    """Both services, booted by Compose. `inside` is the port that the grader asks, in the container that serves.

    The one that serves is published, whatever the file says, and the training is never started again: what the file
    says about a port and about a crash is tried apart from all else.
    """

    services: RunningServices
    asked: PipelineSettings
    inside: int

    def trained(self) -> str:
        """Return the version of the model that the training has made; raise `CheckFailed` if it has made none."""
        job = self.services.job(self.asked.training, self.asked.train_seconds)
        return trained(job, self.services.evidence.data_set.count)

    @property
    def service(self) -> Service:
        """The service that predicts, in the container that it has now."""
        return self.services.service(self.asked.serving, self.inside)

    @property
    def training(self) -> Running:
        """The container of the training, which has ended."""
        return self.services.container(self.asked.training)

    def of_training(self, key: str) -> Place:
        """Return the place of this key of the training in the student's file."""
        return self.services.place(self.asked.training, key)

    def of_serving(self, key: str) -> Place:
        """Return the place of this key of the service that predicts in the student's file."""
        return self.services.place(self.asked.serving, key)

    @contextmanager
    def with_training(self, variables: Mapping[str, str]) -> Iterator[RunningServices]:
        """Boot both services once more, apart, with these variables for the training."""
        document = with_variables(self.services.document, self.asked.training, variables)
        with self.services.aside(document, self.asked.training, self.asked.serving) as other:
            yield other

    @contextmanager
    def training_killed(self, variables: Mapping[str, str]) -> Iterator[tuple[Running, str]]:
        """Boot the training alone, as the file has it, and kill it; yield it and the time of its start."""
        document = with_variables(self.services.own, self.asked.training, variables)
        with self.services.aside(document, self.asked.training) as other:
            running = other.container(self.asked.training)
            yield running, killed(self.services.evidence, running)


@contextmanager
def pipeline_at_work(evidence: "LabEvidence", compose: "Compose") -> Iterator[Pipeline]:
    """Boot both services; raise `CheckFailed` if the file cannot be booted, or builds them from anything else."""
    asked = evidence.lab.asks(PipelineSettings)
    dockerfiles = {asked.training: asked.trainer, asked.serving: evidence.lab.dockerfile}
    with in_file(evidence.path_of(compose.path)):
        for name, dockerfile in dockerfiles.items():
            is_built_here(service(compose, name), dockerfile)
    published = (port.inside(evidence.lab.port) for port in compose.services[asked.serving].ports)
    inside = next(filter(None, published), asked.inside)

    def variant(own: Document) -> Document:
        return publishing(never_restarted(own, asked.training), asked.serving, inside)

    with services_at_work(evidence, *dockerfiles, variant=variant) as services:
        yield Pipeline(services, asked, inside)
