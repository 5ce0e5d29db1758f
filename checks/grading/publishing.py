"""Publish a student's image as the student's `publish.yaml` says, in a registry of this grading's own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.engine.publication import FILE, publish, read_publication
from checks.engine.registry import IMAGE, registry

if TYPE_CHECKING:
    from checks.grading.evidence import LabEvidence


def published(evidence: "LabEvidence", reference: str) -> Mapping[str, str | None]:
    """Push an image by the lab's `publish.yaml`; return what each tag points to in the registry afterwards.

    Raises `CheckFailed` if the file cannot be read.
    """
    with evidence.reading(FILE):
        publication = read_publication(evidence.answers(FILE), evidence.arguments)
    engine, run = evidence.engines.ready()
    image = evidence.engines.own_image(IMAGE)
    with evidence.step("publishes the image"), registry(engine, run, image) as place:
        publish(engine, reference, place.address, publication.names)
        path = publication.repository
        return {tag: place.digest(path, tag) for tag in publication.tags}
