"""Which stage a name or a number means: known for certain only when the whole file is read.

`COPY --from=` and mounts may name a stage below their own, so each keeps the names and looks when it is asked.
`FROM` takes a stage above, by its name in just this case: what it does not find is the name of an image.
"""

from dataclasses import dataclass, field
from typing import Protocol


class NamedStage(Protocol):
    """Of a stage, its name: in lower case, "" without one."""

    @property
    def name(self) -> str:
        """As FROM gives it."""


@dataclass(slots=True, eq=False)
class Naming:
    """The stages that are read so far; the instructions of one file share it."""

    stages: list[NamedStage] = field(default_factory=list)
    names: dict[str, NamedStage] = field(default_factory=dict)

    def add(self, stage: NamedStage) -> None:
        """Take one more; the last of a name is meant by it."""
        self.stages.append(stage)
        if stage.name:
            self.names[stage.name] = stage

    def named(self, name: str | None) -> NamedStage | None:
        """The stage of this name (in any case), if there is one."""
        return self.names.get(name.lower()) if name else None

    def find(self, name: str | None) -> NamedStage | None:
        """The stage of this name (in any case), else of this index; None when an image is meant, or no name."""
        if not name:
            return None
        if found := self.named(name):
            return found
        is_index = is_number(name) and len(name) <= len(str(len(self.stages)))
        return self.stages[int(name)] if is_index and int(name) < len(self.stages) else None


@dataclass(frozen=True, slots=True)
class Reference:
    """What an instruction without effect names as its source: BuildKit looks for that all the same."""

    from_name: str
    is_mount: bool
    naming: Naming = field(repr=False, compare=False)

    @property
    def named_stage(self) -> NamedStage | None:
        """The stage of this name; a number is one for COPY, and no stage for a mount."""
        return self.naming.named(self.from_name) if self.is_mount else self.naming.find(self.from_name)


def is_number(name: str) -> bool:
    """Whether the name can only be the index of a stage."""
    return name.isascii() and name.isdigit()
