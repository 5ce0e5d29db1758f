"""The layers of the images that a lab's checks have built, for the report: their lines, sizes and cache verdicts.

Nothing is built or read for this: only evidence that a check has asked for is there.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.evidence.image.provenance import LayerProvenance, origins
from checks.grading.cached import known
from checks.layer_result import LayerResult

if TYPE_CHECKING:
    from checks.evidence.image.built import Built
    from checks.evidence.image.image import Image
    from checks.grading.evidence import LabEvidence


def layers_of(evidence: "LabEvidence") -> Iterator[LayerResult]:
    """Yield the layers of every image that was built and read, lowest first."""
    for name in evidence.lab.images:
        built: Built | None = known(evidence, "built", name)
        image: Image | None = known(evidence, "image", name)
        if built is not None and image is not None and (made := _origins(evidence, name, built)) is not None:
            yield from _layers(evidence.path_of(name), made, image, evidence.rebuilt.get(name, ()))


def _origins(evidence: "LabEvidence", name: str, built: "Built") -> Sequence[LayerProvenance] | None:
    """Return the instructions behind the layers; None where the checks have told already that these are unknown."""
    try:
        return origins(evidence.dockerfile(name).final, built)
    except RuntimeError:
        return None


def _layers(
    file: str, made: Sequence[LayerProvenance], image: "Image", rebuilt: "Sequence[Built]"
) -> Iterator[LayerResult]:
    below, own = image.layers[: len(image.layers) - len(made)], image.layers[len(image.layers) - len(made) :]
    yield LayerResult(file, None, sum(layer.size for layer in below))
    for place, (layer, entry) in enumerate(zip(own, made, strict=True), start=len(below)):
        again = [each.layers[place] for each in rebuilt if place < len(each.layers)]
        yield LayerResult(file, entry.instruction.line, layer.size, is_reused(entry.diff_id, again))


def is_reused(first: str, again: Sequence[str]) -> bool | None:
    """Whether a build had the layer of one before it: a step counts as run again if it was in every build."""
    builds = [first, *again]
    return any(id in builds[:number] for number, id in enumerate(builds)) if again else None
