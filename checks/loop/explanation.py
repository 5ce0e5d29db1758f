"""What each line of a Dockerfile does: to the image, to the lines below, and to the next build.

All of it is told by reading. Sizes come from an engine, and are added as weights.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from checks.evidence.image.lost import Fate
from checks.evidence.image.provenance import makes_layer
from checks.parsing.dockerfile.dockerfile import parse_dockerfile
from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Run
from checks.parsing.dockerfile.movement import is_within
from checks.parsing.dockerfile.references import stages_behind
from checks.parsing.dockerfile.stages import Stage
from checks.parsing.text.ignore_file import IgnoreFile, parse_ignorefile

MOST_FILES = 5_000  # of a folder, each of which is looked for in every line
IGNORED = ".dockerignore"


@dataclass(frozen=True, slots=True)
class Gone:
    """Bytes of a layer that no container sees; `line` is that of the instruction which deleted or replaced them."""

    path: str
    size: int
    line: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Weight:
    """The bytes of one layer, its share of the image, and what of it is gone, the largest first."""

    size: int
    share: float
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """An instruction, and the files of the folder whose edit makes it and all below it anew."""

    instruction: Instruction
    is_layer: bool
    edits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A Dockerfile's last stage, with the stages that it is built from; `unused` files get into no line.

    `passed_over` is the number of files that were not looked for, since the folder has too many.
    """

    name: str
    stage: Stage
    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    passed_over: int = 0

    @property
    def layers(self) -> Sequence[Line]:
        """The lines that make a layer, in their order."""
        return [line for line in self.lines if line.is_layer]


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation with its weights, the base and then each layer; or nothing, and `why` says why not."""

    explanation: Explanation
    weights: Sequence[Weight] = ()
    why: str = ""


def explain(context: Path, dockerfile: Path) -> Explanation:
    """Read a Dockerfile and the names of the files in its build context; raise OSError and `ParseError`."""
    stage = parse_dockerfile(dockerfile.read_bytes(), path=dockerfile.name).final
    names = _files(context)
    first, passed_over = _first_uses(stage, sorted(islice(names, MOST_FILES))), sum(1 for _ in names)
    lines = tuple(
        Line(entry, makes_layer(entry), tuple(file for file, at in first.items() if at == index))
        for index, entry in enumerate(stage.lineage)
    )
    unused = tuple(file for file, at in first.items() if at is None)
    return Explanation(dockerfile.name, stage, lines, unused, passed_over)


def _first_uses(stage: Stage, files: Sequence[str]) -> Mapping[str, int | None]:
    """Return for each file the index of the first instruction that takes it, directly or from another stage."""
    taken = [_all_sources(entry) for entry in stage.lineage]
    return {
        file: next(
            (at for at, sources in enumerate(taken) if any(is_within(file, one) for one in sources)), None
        )
        for file in files
    }


def _all_sources(instruction: Instruction) -> frozenset[str]:
    """Return what an instruction takes of the build context, by itself and by the stages that it copies from."""
    behind = (entry for stage in stages_behind([instruction]) for entry in stage.lineage)
    return frozenset(source for entry in (instruction, *behind) for source in _sources(entry))


def _sources(instruction: Instruction) -> Iterator[str]:
    """Yield what an instruction takes of the build context."""
    if isinstance(instruction, CopyOrAdd) and instruction.from_context:
        yield from instruction.sources
    elif isinstance(instruction, Run):
        mounts = (mount for mount in instruction.mounts if mount.type == "bind" and not mount.from_name)
        yield from (mount.source or "." for mount in mounts)


def _files(context: Path) -> Iterator[str]:
    """Yield the files that a build gets, as paths below the folder; no link is followed."""
    ignored = _ignored(context)
    names = (
        (Path(folder) / name).relative_to(context).as_posix()
        for folder, _, files in os.walk(context)
        for name in files
    )
    return (name for name in names if not ignored.ignores(name))


def _ignored(context: Path) -> IgnoreFile:
    path = context / IGNORED
    return parse_ignorefile(path.read_bytes() if path.is_file() else b"")
