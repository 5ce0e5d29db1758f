"""Assertions about the image that a build produces: it has the app and its packages, and nothing needless.

A lean image that lacks the service earns no points.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import partial

from checks.evidence.image.built import Built
from checks.evidence.image.contents import BUILD_TOOLS, Leftover, debian_packages, installed, leftovers
from checks.evidence.image.figures import MEGA
from checks.evidence.image.image import Image
from checks.evidence.image.layers import Layer
from checks.evidence.image.provenance import LayerProvenance
from checks.expect.basics import ABSENT, present
from checks.outcomes import CheckFailed
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.packages.package_steps import apt_steps
from checks.parsing.packages.specifiers import parse_requirement

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
    what = f"{leftover.kind} ({files}, {_megabytes(leftover.size)})"
    return f"the layer of line {line} has {what}: {leftover.paths[0]}"


def leaner(own_bytes: int, other_bytes: int, most_percent: float, other: str) -> None:
    """Assert that the bytes an image adds to its base are at most this share of those that `other` adds."""
    most = other_bytes * most_percent / 100
    if own_bytes > most:
        raise CheckFailed(
            f"at most {most_percent:g} % of the {_megabytes(other_bytes)} that {other} adds to its base: "
            f"{_megabytes(int(most))}",
            f"{_megabytes(own_bytes)}, which is {own_bytes / max(other_bytes, 1):.0%}",
            "Look at the largest layer in dive: what is in there that the service does not need to run?",
        )


def lighter(size: int, other: int, most_percent: float) -> None:
    """Assert that an image has at most this share of the size of the naive image, both with their bases."""
    if size > other * most_percent / 100:
        raise CheckFailed(
            f"at most {most_percent:g} % of the {_megabytes(other)} of the naive image",
            f"{_megabytes(size)}, which is {size / max(other, 1):.0%}",
            "Look at the largest layer in dive: what is in there that the service does not need to run?",
        )


def sets_variables(image: Image, names: Sequence[str]) -> None:
    """Assert that the image's configuration sets these variables, to something."""
    for name in names:
        if not image.config.env.get(name):
            actual = f"it is empty, which is as good as {ABSENT}" if name in image.config.env else ABSENT
            help = f"`ENV {name}=1` in the last stage: a stage begins with the variables of its base alone."
            raise CheckFailed(f"`{name}` in the image's configuration", actual, help)


def _megabytes(size: int) -> str:
    return f"{size / MEGA:.1f} MB"


def made_of(built: Built, stage: Stage, source: str) -> None:
    """Assert that the image has its own layers, and that an instruction brings `source`, a file of the folder."""
    help = "FROM alone adds nothing to its base: add what the service needs."
    present(built.own_layers, "an image with layers of its own", help)
    stages = (stage, *stages_behind(stage.lineage))
    if not any(_brings(entry, source) for each in stages for entry in each.lineage):
        said = f"nothing brings `{source}` from your folder: the image is there, and the service is not in it"
        raise CheckFailed("an image with the app in it", said, "Copy the app: `COPY . .`", line=stage.line)


def holds(image: Image, packages: Sequence[str], asked: Collection[str]) -> None:
    """Assert that the image has the `asked` ones of these packages, since the install may never have run.

    Other checks judge packages that nothing asks for, and versions; but the image must have at least one of these.
    """
    names = [parse_requirement(package).name for package in packages]
    found = installed(image.layers)
    missing = [name for name in names if name not in found]
    for name in missing:
        if name in asked or missing == names:
            raise CheckFailed(
                f"a service that runs on {name}",
                f"{name} is in no layer of the image: nothing has installed it",
                "Look at what the build prints: did the program that installs really run?",
            )


def holds_of_debian(image: Image, stage: Stage, packages: Sequence[str]) -> None:
    """Assert that dpkg knows the packages that the stage asks apt for: another program may be called `apt`."""
    found = debian_packages(image.layers)
    for package in packages:
        asked = next((step for step in apt_steps(stage) if step.installs(package)), None)
        if asked and package not in found:
            raise CheckFailed(
                f"an image in which apt has installed {package}",
                f"line {asked.line} asks for {package}, and dpkg knows nothing of it in any layer",
                "Look at what the build prints: did apt really run?",
            )


def _brings(instruction: Instruction, file: str) -> bool:
    if isinstance(instruction, CopyOrAdd):
        return instruction.from_context and any(_holds(source, file) for source in instruction.sources)
    mounts = instruction.mounts if isinstance(instruction, Run) else ()
    return any(
        mount.type == "bind" and mount.from_name is None and _holds(mount.source or ".", file)
        for mount in mounts
    )


def _holds(source: str, file: str) -> bool:
    """Whether a path of the context, which may have wildcards, is the file or a folder above it."""
    path = posixpath.normpath(f"/{source}").lstrip("/")
    above = [file.rsplit("/", depth)[0] for depth in range(file.count("/") + 1)]
    return not path or any(fnmatchcase(place, path) for place in above)
