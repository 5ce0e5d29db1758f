"""One stage of a build: its instructions, and the state at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from checks.parsing.dockerfile.instructions import (
    Cmd,
    CopyOrAdd,
    Entrypoint,
    From,
    Healthcheck,
    Instruction,
    OnBuild,
    Run,
)
from checks.parsing.dockerfile.mounts import Mount
from checks.parsing.dockerfile.stage_names import Reference
from checks.parsing.dockerfile.state import Scope, Setting, State, of_kind
from checks.parsing.text.image_reference import ImageReference
from checks.parsing.text.problems import Refused

T = TypeVar("T", bound=Instruction)


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """The Dockerfile of a stage, for messages; line n is `lines[n - 1]`. Parsing completes it."""

    lines: Sequence[str]
    instructions: Sequence[Instruction]
    stages: "Sequence[Stage]"


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A stage; `instructions` are those that its parent's ONBUILD triggers, then its own without FROM.

    `parent` is the earlier stage that its FROM names; `root_base` is the image at the end of that chain.
    `state` is the state at its end, and so in the image, without the settings of the base image.
    """

    index: int
    origin: From
    instructions: tuple[Instruction, ...]
    parent: "Stage | None" = field(repr=False)
    root_base: str
    state: State = field(repr=False)
    file: File = field(repr=False)

    @property
    def name(self) -> str:
        """The name in lower case, or "" without one."""
        return self.origin.name

    @property
    def base(self) -> str:
        """The image or stage that FROM names, variables expanded."""
        return self.origin.image

    @property
    def image(self) -> ImageReference | None:
        """`root_base`, parsed; None for `scratch` and for an invalid image name."""
        try:
            return None if self.root_base == "scratch" else ImageReference.parse(self.root_base)
        except Refused:
            return None

    @property
    def platform(self) -> str | None:
        """The value of `FROM --platform=`, expanded, or None."""
        return self.origin.platform

    @property
    def line(self) -> int:
        """The 1-based line of its FROM."""
        return self.origin.line

    @property
    def end_line(self) -> int:
        """The 1-based line where its last instruction ends."""
        return max([self.origin.end_line, *(instruction.end_line for instruction in self.instructions)])

    @property
    def ancestry(self) -> "tuple[Stage, ...]":
        """The stages that it is built from, the lowest first, and itself as the last."""
        chain = [self]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        return tuple(reversed(chain))

    @property
    def lineage(self) -> tuple[Instruction, ...]:
        """The instructions of the stages that it is built from, then its own, in build order."""
        return tuple(instruction for stage in self.ancestry for instruction in stage.instructions)

    @property
    def environment(self) -> Scope:
        """The expanded ENV variables, name to value; `.setting(name)` has the instruction too."""
        return self.state.environment

    @property
    def labels(self) -> Scope:
        """The expanded labels, name to value; `.setting(name)` has the instruction too."""
        return self.state.labels

    @property
    def exposed(self) -> Mapping[str, int]:
        """Ports like "8000/tcp", each with the line that exposes it."""
        ports = self.state.ports
        return {port: setting.line for port in ports if (setting := ports.setting(port))}

    @property
    def user(self) -> Setting[str] | None:
        """The last USER; None if only the base image sets it."""
        return self.state.user

    @property
    def workdir(self) -> Setting[str] | None:
        """The last WORKDIR, absolute; None if only the base image sets it."""
        return self.state.workdir

    @property
    def entrypoint(self) -> Entrypoint | None:
        """The ENTRYPOINT in force, or None."""
        return of_kind(self.state.entrypoint, Entrypoint)

    @property
    def cmd(self) -> Cmd | None:
        """The CMD in force; an ENTRYPOINT clears one that came with FROM."""
        return of_kind(self.state.cmd, Cmd)

    @property
    def healthcheck(self) -> Healthcheck | None:
        """The HEALTHCHECK in force, which may be `disabled` (NONE)."""
        return of_kind(self.state.healthcheck, Healthcheck)

    def environment_at(self, instruction: Instruction) -> Scope:
        """Return the ENV variables in force before this instruction."""
        return instruction.state.environment

    def arguments_at(self, instruction: Instruction) -> Scope:
        """Return the ARGs in scope before this instruction that have a value."""
        return instruction.state.arguments

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """Return its own instructions of one type."""
        return tuple(instruction for instruction in self.instructions if isinstance(instruction, kind))

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its own RUNs."""
        return self.of(Run)

    @property
    def copies(self) -> tuple[CopyOrAdd, ...]:
        """Its own COPYs and ADDs."""
        return self.of(CopyOrAdd)

    @property
    def triggers(self) -> tuple[OnBuild, ...]:
        """Its own ONBUILDs; they run in the stages that are built from it."""
        return self.of(OnBuild)

    def before(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """Return the instructions of the lineage that the build runs before this one."""
        lineage = self.lineage
        return lineage[: _place(lineage, instruction)]

    def after(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """Return the instructions of the lineage that the build runs after this one."""
        lineage = self.lineage
        return lineage[_place(lineage, instruction) + 1 :]


def from_stage(source: CopyOrAdd | Mount | Reference) -> Stage | None:
    """Return the stage, above or below, from which a COPY or a mount takes files; None for any other source."""
    return of_kind(source.named_stage, Stage)


def _place(lineage: tuple[Instruction, ...], instruction: Instruction) -> int:
    return next(at for at, other in enumerate(lineage) if other is instruction)
