"""Assertions about what installing and building leave behind in the layers of an image."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from checks.evidence.image.contents import BUILD_TOOLS, Leftover, leftovers
from checks.evidence.image.image import Image
from checks.evidence.image.layers import Layer
from checks.evidence.image.provenance import LayerProvenance
from checks.expect.sizes import megabytes
from checks.outcomes import CheckFailed

CLEAN = "no package lists, no cache of pip and no archives of packages in any layer"
AT_ONCE = "Clean up in the RUN that makes the mess: a later layer hides a file, and its bytes stay."
UNBUILT = (
    "no compiler, headers, bytecode, package lists, cache of pip or archives of packages in its own layers"
)
ELSEWHERE = (
    "Compile in the stage that you copy from, and copy what came of it. pip writes bytecode whatever "
    "PYTHONDONTWRITEBYTECODE says: `pip install --no-compile`, or delete every __pycache__ before you copy."
)


def nothing_left_behind(image: Image, made: Sequence[LayerProvenance], file: str) -> None:
    """Assert that no layer above the base has package lists, caches or package archives, even if deleted later."""
    _none_of(leftovers, image, made, file=file, expected=CLEAN, help=AT_ONCE)


def no_build_tools(image: Image, made: Sequence[LayerProvenance], file: str) -> None:
    """Assert the same, and that no layer above the base has a compiler, headers of the system, or bytecode."""
    kinds = partial(leftovers, more=BUILD_TOOLS)
    _none_of(kinds, image, made, file=file, expected=UNBUILT, help=ELSEWHERE)


def _none_of(  # noqa: PLR0913 - two of them are the words
    kinds: Callable[[Sequence[Layer]], Iterable[Leftover]],
    image: Image,
    made: Sequence[LayerProvenance],
    *,
    file: str,
    expected: str,
    help: str,
) -> None:
    own = image.layers[len(image.layers) - len(made) :]
    found = list(kinds(own))
    if found:
        lines = dict(
            zip([layer.index for layer in own], [entry.instruction.line for entry in made], strict=True)
        )
        raise CheckFailed(
            expected,
            "\n".join(_story(leftover, lines[leftover.layer.index]) for leftover in found),
            help,
            file=file,
            line=lines[found[0].layer.index],
        )


def _story(leftover: Leftover, line: int) -> str:
    count = len(leftover.paths)
    files = "1 file" if count == 1 else f"{count} files"
    what = f"{leftover.kind} ({files}, {megabytes(leftover.size)})"
    return f"the layer of line {line} has {what}: {leftover.paths[0]}"
