"""Which instruction made which layer: the line of the Dockerfile behind every byte of an image."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.evidence.image.built import Built
from checks.evidence.image.figures import MEGA
from checks.evidence.image.layers import Layer
from checks.parsing.dockerfile.instructions import Instruction
from checks.parsing.dockerfile.stages import Stage

# The instructions of which BuildKit makes a layer each, one without a change too.
LAYERED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


@dataclass(frozen=True, slots=True)
class LayerProvenance:
    """A layer above the base, by its diff id, and the instruction that made it.

    Layers without a change have one diff id, all of them: go by a layer's place, not by its id.
    """

    diff_id: str
    instruction: Instruction


def origins(stage: Stage, built: Built) -> tuple[LayerProvenance, ...]:
    """The layers that the Dockerfile made, with their instructions, lowest first; whichever base is below.

    Raises RuntimeError when there are not as many of the one as of the other: then BuildKit does something
    that this module does not know, which is our fault.
    """
    instructions = [entry for entry in stage.lineage if entry.keyword in LAYERED]
    expected = len(built.own_layers) if built.is_on_base else len(instructions)
    if not len(instructions) == expected <= len(built.layers):
        raise RuntimeError(f"{len(instructions)} instructions made {expected} of {len(built.layers)} layers")
    return tuple(map(LayerProvenance, built.layers[len(built.layers) - len(instructions) :], instructions))


def listing(made: Sequence[LayerProvenance], layers: Sequence[Layer]) -> str:
    """One row a layer: the line that made it, its size, its share of the image, the instruction."""
    below, own = layers[: len(layers) - len(made)], layers[len(layers) - len(made) :]
    rows = [_row("base", sum(layer.size for layer in below), sum(layer.share for layer in below), "")]
    for layer, entry in zip(own, made, strict=True):
        rows += [_row(f"line {entry.instruction.line}", layer.size, layer.share, str(entry.instruction))]
    return "\n".join(rows)


def _row(place: str, size: int, share: float, instruction: str) -> str:
    return f"{place:<9}{size / MEGA:8.1f} MB {share:6.1%}  {instruction}".rstrip()
