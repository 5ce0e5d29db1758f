"""The weights of an image's layers, for the explanation of the Dockerfile that made it."""

from collections.abc import Sequence
from itertools import chain

from checks.engine.errors import EngineError
from checks.engine.standins import ensure_base
from checks.evidence.image.built import Built
from checks.evidence.image.image import Image
from checks.evidence.image.layers import Layer
from checks.evidence.image.lost import lost_of
from checks.evidence.image.provenance import origins
from checks.grading.canary_files import CanaryFiles
from checks.grading.looking import look_into
from checks.loop.explanation import Explanation, Gone, Weight
from checks.workbench.context import UsageError, Workbench
from checks.workbench.images import build_image


def weigh(bench: Workbench, dockerfile: str, explained: Explanation) -> tuple[Weight, ...]:
    """Build the image, reusing what is there, and return the weight of its base and of each layer above.

    Raise `UsageError` if it does not build, `EngineError` if the engine does not deliver it.
    """
    if build_image(bench, dockerfile):
        raise UsageError("the build failed: mend that first")
    asked = bench.lab.images[dockerfile]
    base = Built.of(bench.engine, ensure_base(bench.engine, asked.base).image_id, ())
    built = Built.of(bench.engine, asked.tag, base.layers)
    image = look_into(bench.engine, built, CanaryFiles.with_values({}, None), dockerfile)
    return _weights(explained, built, image)


def _weights(explained: Explanation, built: Built, image: Image) -> tuple[Weight, ...]:
    count, first = len(explained.layers), len(built.layers) - len(explained.layers)
    if first < 0:
        raise EngineError(("docker", "image", "inspect"), 1, f"{count} lines made {len(built.layers)} layers")
    lines = [explained.stage.line] * first + [
        entry.instruction.line for entry in origins(explained.stage, built)
    ]
    gone = [
        tuple(
            Gone(each.path, each.size, lines[each.by], each.fate)
            for each in lost
            if each.size and each.by >= first
        )
        for lost in lost_of(image.layers)
    ]
    own = (Weight(layer.size, layer.share, gone[layer.index]) for layer in image.layers[first:])
    return (_base(image.layers[:first], gone[:first]), *own)


def _base(layers: Sequence[Layer], gone: Sequence[Sequence[Gone]]) -> Weight:
    """Return the layers of the base as one, without what it lost by itself."""
    largest = sorted(chain.from_iterable(gone), key=lambda each: (-each.size, each.path))
    return Weight(sum(each.size for each in layers), sum(each.share for each in layers), tuple(largest))
