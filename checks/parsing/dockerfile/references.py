"""References from stage to stage in COPY and mounts, with the errors: no stage above, or a circle."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from checks.parsing.dockerfile.instructions import CopyOrAdd, Instruction, Invalid, Mount, Run
from checks.parsing.dockerfile.stage_names import Reference, is_number
from checks.parsing.dockerfile.stages import Stage, from_stage
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Refused

Found = tuple[int, str]  # a line, and the error there
Source = CopyOrAdd | Mount | Reference


def taken_from(instruction: Instruction) -> tuple[CopyOrAdd | Mount, ...]:
    """Return the COPY or ADD itself, or a RUN's mounts, if they name a stage or an image as source."""
    if isinstance(instruction, CopyOrAdd):
        return (instruction,) if instruction.from_name else ()
    mounts = instruction.mounts if isinstance(instruction, Run) else ()
    return tuple(mount for mount in mounts if mount.from_name)


def stages_of(instruction: Instruction) -> list[Stage]:
    """Return the stages from which an instruction takes files."""
    return [stage for source in taken_from(instruction) if (stage := from_stage(source))]


def stages_behind(instructions: Iterable[Instruction]) -> Iterator[Stage]:
    """Yield every stage from which these take files, directly or not, each once."""
    waiting = deque(stage for entry in instructions for stage in stages_of(entry))
    seen = set[int]()
    while waiting:
        stage = waiting.popleft()
        if stage.index not in seen:
            seen.add(stage.index)
            yield stage
            waiting.extend(inner for entry in stage.lineage for inner in stages_of(entry))


def needed(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages that the last one needs; BuildKit ignores most errors in the others."""
    waiting, found = list(stages[-1:]), dict[int, Stage]()
    while waiting:
        stage = waiting.pop()
        if stage.index not in found:
            found[stage.index] = stage
            waiting += [inner for entry in stage.instructions for inner in stages_of(entry)]
            waiting += [stage.parent] if stage.parent else []
    return tuple(found[index] for index in sorted(found))


def missing_stages(stages: Sequence[Stage], used: Collection[Stage]) -> Iterator[Found]:
    """Yield references to a missing number, an invalid name or, in used stages, a stage that is not above.

    Triggers of an ONBUILD count only in use. One may name its own stage, which means the parent of that stage.
    """
    indices = {stage.index for stage in used}
    for stage in stages:
        for instruction in stage.instructions:
            triggered = instruction.statement.is_triggered
            for source in _named(instruction):
                late = triggered or from_stage(source) or _is_numbered(source)
                if (late and stage.index not in indices) or (triggered and from_stage(source) is stage):
                    continue
                if why := _refusal(source, stage):
                    yield instruction.line, why


def _named(instruction: Instruction) -> tuple[Source, ...]:
    """Return the sources that an instruction names, even if it is refused in use and takes no files."""
    return instruction.references if isinstance(instruction, Invalid) else taken_from(instruction)


def _is_numbered(source: Source) -> bool:
    """Whether a mount names a number, which is an image there; for COPY it is the index of a stage."""
    is_mount = source.is_mount if isinstance(source, Reference) else isinstance(source, Mount)
    return is_mount and is_number(source.from_name or "")


def _refusal(source: Source, stage: Stage) -> str:
    name, found = source.from_name or "", from_stage(source)
    if found is not None:
        late = f"stage {name[:60]} is not above this line, so nothing can come from it"
        return late if found.index >= stage.index else ""
    if _is_numbered(source):
        return f"`from` of --mount takes the name of a stage, not its number: {name[:20]} is an image here"
    if is_number(name):
        return f"there is no stage {name[:20]} above this one"
    try:
        ImageReference.parse(name)
    except Refused as refusal:
        return str(refusal)
    return ""


def circles(stages: Sequence[Stage]) -> Iterator[Found]:
    """Yield the line that closes the first circle of stages, each of which waits for the next."""
    walk = _Walk()
    for stage in stages:
        if found := walk.through(stage):
            yield found
            return


@dataclass(slots=True)
class _Walk:
    """A depth-first search without recursion: a file may have thousands of stages."""

    done: set[int] = field(default_factory=set)

    def through(self, start: Stage) -> Found | None:
        """Return the first step that leads back to a stage on the current path, or None."""
        path, open_ = [(start, _steps(start))], {start.index}
        while path:
            stage, steps = path[-1]
            line, other = next(steps, (0, None))
            if other is None:
                path.pop()
                open_.discard(stage.index)
                self.done.add(stage.index)
            elif other.index in open_:
                return line, _story(stage, other)
            elif other.index not in self.done:
                path.append((other, _steps(other)))
                open_.add(other.index)
        return None


def _steps(stage: Stage) -> Iterator[tuple[int, Stage | None]]:
    """Yield the stages that it waits for, without ONBUILD triggers: BuildKit checks no circles there."""
    for instruction in stage.instructions:
        for source in () if instruction.statement.is_triggered else _named(instruction):
            if found := from_stage(source):
                yield instruction.line, found


def _story(stage: Stage, other: Stage) -> str:
    name = f"`{other.name}`" if other.name else str(other.index)
    if stage is other:
        return f"stage {name} cannot take anything from itself"
    return f"stages wait for each other in a circle: stage {name}, which this needs, needs this stage"
