"""Match the layers of an image with the instructions of the Dockerfile that made them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from checks.evidence.image.built import Built
from checks.evidence.image.figures import MEGA
from checks.evidence.image.layers import Layer
from checks.parsing.dockerfile.build_inputs import starts_from
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run, Workdir
from checks.parsing.dockerfile.stages import Stage

LAYERED = (Run, CopyOrAdd, Workdir)


def makes_layer(instruction: Instruction) -> bool:
    """Whether BuildKit makes a layer of it, be it without a change (`dockerfile2llb`, `commitToHistory`).

    It does for RUN, COPY, ADD and WORKDIR, except for the root as working directory. BuildKit takes an absolute
    path as it is written, so that `WORKDIR //` makes a layer.
    """
    if isinstance(instruction, Workdir) and instruction.path == "/":
        return instruction.text.startswith("/") and instruction.text != "/"
    return isinstance(instruction, LAYERED)


@dataclass(frozen=True, slots=True)
class LayerProvenance:
    """A layer above the base, by its diff id, and the instruction that made it.

    All layers without a change share one diff id, so identify a layer by its place, not by its id.
    """

    diff_id: str
    instruction: Instruction


def origins(stage: Stage, built: Built, bases: Collection[str] = ()) -> tuple[LayerProvenance, ...]:
    """Return the layers that the Dockerfile made, with their instructions, lowest first, on any base.

    `bases` are the names of the lab's base, if the stage may start from another image: that one may be built on the
    lab's base itself, and its layers are not the student's.

    Raises RuntimeError if their numbers differ: then this module does not know a behaviour of BuildKit, which is
    our fault.
    """
    instructions = [entry for entry in stage.lineage if makes_layer(entry)]
    is_known = built.is_on_base and (not bases or any(starts_from(stage, name) for name in bases))
    expected = len(built.own_layers) if is_known else len(instructions)
    if not len(instructions) == expected <= len(built.layers):
        raise RuntimeError(f"{len(instructions)} instructions made {expected} of {len(built.layers)} layers")
    return tuple(map(LayerProvenance, built.layers[len(built.layers) - len(instructions) :], instructions))


def listing(made: Sequence[LayerProvenance], layers: Sequence[Layer]) -> str:
    """Return one row for each layer: the line that made it, its size, its share of the image, the instruction."""
    below, own = layers[: len(layers) - len(made)], layers[len(layers) - len(made) :]
    rows = [_row("base", sum(layer.size for layer in below), sum(layer.share for layer in below), "")]
    for layer, entry in zip(own, made, strict=True):
        rows += [_row(f"line {entry.instruction.line}", layer.size, layer.share, str(entry.instruction))]
    return "\n".join(rows)


def _row(place: str, size: int, share: float, instruction: str) -> str:
    return f"{place:<9}{size / MEGA:8.1f} MB {share:6.1%}  {instruction}".rstrip()
