"""Resolve names and numbers of stages; the result is certain only once the whole file is parsed.

`COPY --from=` and mounts may name a stage below their own, so each keeps the `Naming` and resolves on demand.
`FROM` finds a stage above only by its name in lower case; any other name is that of an image.
"""

from dataclasses import dataclass, field
from typing import Protocol


class NamedStage(Protocol):
    """The part of a stage that naming needs: its name in lower case, or ""."""

    @property
    def name(self) -> str:
        """The name that FROM gives it."""


@dataclass(slots=True, eq=False)
class Naming:
    """The stages parsed so far; all instructions of one file share it."""

    stages: list[NamedStage] = field(default_factory=list)
    names: dict[str, NamedStage] = field(default_factory=dict)

    def add(self, stage: NamedStage) -> None:
        """Add a stage; a repeated name means the last stage that has it."""
        self.stages.append(stage)
        if stage.name:
            self.names[stage.name] = stage

    def named(self, name: str | None) -> NamedStage | None:
        """Return the stage with this name (in any case), or None."""
        return self.names.get(name.lower()) if name else None

    def find(self, name: str | None) -> NamedStage | None:
        """Return the stage with this name (in any case) or index; None for an image or without a name."""
        if not name:
            return None
        if found := self.named(name):
            return found
        is_index = is_number(name) and len(name) <= len(str(len(self.stages)))
        return self.stages[int(name)] if is_index and int(name) < len(self.stages) else None


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that a refused instruction names: BuildKit still resolves it."""

    from_name: str
    is_mount: bool
    naming: Naming = field(repr=False, compare=False)

    @property
    def named_stage(self) -> NamedStage | None:
        """The stage with this name; a number is an index for COPY, but an image for a mount."""
        return self.naming.named(self.from_name) if self.is_mount else self.naming.find(self.from_name)


def is_number(name: str) -> bool:
    """Whether the name can only be the index of a stage."""
    return name.isascii() and name.isdigit()
