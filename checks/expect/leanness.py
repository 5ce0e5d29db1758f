"""Assertions about what an image carries along for nothing."""

from collections.abc import Sequence

from checks.evidence.figures import MEGA
from checks.evidence.image import Image
from checks.evidence.leftovers import Leftover, leftovers
from checks.evidence.origins import Made
from checks.expect.failure import CheckFailed


def nothing_left_behind(image: Image, made: Sequence[Made], file: str) -> None:
    """No layer above the base has package lists, caches or archives of packages, deleted later or not."""
    own = image.layers[len(image.layers) - len(made) :]
    found = list(leftovers(own))
    if found:
        lines = dict(
            zip([layer.index for layer in own], [entry.instruction.line for entry in made], strict=True)
        )
        raise CheckFailed(
            "no package lists, no cache of pip and no archives of packages in any layer",
            "\n".join(_story(leftover, lines[leftover.layer.index]) for leftover in found),
            "Clean up in the RUN that makes the mess: a later layer hides a file, and its bytes stay.",
            file=file,
            line=lines[found[0].layer.index],
        )


def _story(leftover: Leftover, line: int) -> str:
    count = len(leftover.paths)
    files = "1 file" if count == 1 else f"{count} files"
    what = f"{leftover.kind} ({files}, {_megabytes(leftover.size)})"
    return f"the layer of line {line} has {what}: {leftover.paths[0]}"


def leaner(own_bytes: int, other_bytes: int, most_percent: float, other: str) -> None:
    """What one image adds to its base is at most this share of what `other`, by its name, adds to it."""
    most = other_bytes * most_percent / 100
    if own_bytes > most:
        raise CheckFailed(
            f"at most {most_percent:g} % of the {_megabytes(other_bytes)} that {other} adds to its base: "
            f"{_megabytes(int(most))}",
            f"{_megabytes(own_bytes)}, which is {own_bytes / max(other_bytes, 1):.0%}",
            "Look at the largest layer in dive: what is in there that the service does not need to run?",
        )


def _megabytes(size: int) -> str:
    return f"{size / MEGA:.1f} MB"
