"""One stage of a build: its instructions, and what is in force at its end."""

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
    """The Dockerfile that a stage stands in, for messages: line n is `lines[n - 1]`; complete once all is read."""

    lines: Sequence[str]
    instructions: Sequence[Instruction]
    stages: "Sequence[Stage]"


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """`instructions` are its own, the FROM aside, with those that an ONBUILD above triggers ahead.

    `parent` is the earlier stage that its FROM names; `root_base` the image at the end of that chain.
    `state` is what is in force at its end, and so in the image; what the base image sets is not in it.
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
        """In lower case; "" when it has none."""
        return self.origin.name

    @property
    def base(self) -> str:
        """The image or stage that FROM names, variables expanded."""
        return self.origin.image

    @property
    def image(self) -> ImageReference | None:
        """`root_base` taken apart; None for `scratch` and for what is no name of an image."""
        try:
            return None if self.root_base == "scratch" else ImageReference.parse(self.root_base)
        except Refused:
            return None

    @property
    def platform(self) -> str | None:
        """Of `FROM --platform=`, expanded."""
        return self.origin.platform

    @property
    def line(self) -> int:
        """Of its FROM, 1-based."""
        return self.origin.line

    @property
    def end_line(self) -> int:
        """Of its last instruction, 1-based."""
        return max([self.origin.end_line, *(instruction.end_line for instruction in self.instructions)])

    @property
    def ancestry(self) -> "tuple[Stage, ...]":
        """The stages that it is built from, one upon the other, and itself as the last."""
        chain = [self]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        return tuple(reversed(chain))

    @property
    def lineage(self) -> tuple[Instruction, ...]:
        """Its instructions behind those of the stages that it is built from, in the order of the build."""
        return tuple(instruction for stage in self.ancestry for instruction in stage.instructions)

    @property
    def environment(self) -> Scope:
        """ENV, expanded, a mapping of name to value; `.setting(name)` has the instruction too."""
        return self.state.environment

    @property
    def labels(self) -> Scope:
        """LABEL, as `environment`."""
        return self.state.labels

    @property
    def exposed(self) -> Mapping[str, int]:
        """Ports like "8000/tcp", each with the line that exposes it."""
        ports = self.state.ports
        return {port: setting.line for port in ports if (setting := ports.setting(port))}

    @property
    def user(self) -> Setting[str] | None:
        """The last USER; None when it is the base image's."""
        return self.state.user

    @property
    def workdir(self) -> Setting[str] | None:
        """The last WORKDIR, absolute; None when it is the base image's."""
        return self.state.workdir

    @property
    def entrypoint(self) -> Entrypoint | None:
        """The ENTRYPOINT in force."""
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
        """The ENV variables in force before this instruction."""
        return instruction.state.environment

    def arguments_at(self, instruction: Instruction) -> Scope:
        """The ARGs in scope before this instruction, those that have a value."""
        return instruction.state.arguments

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """Its own instructions of one type."""
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
        """Those of the lineage that the build runs before this one."""
        lineage = self.lineage
        return lineage[: _place(lineage, instruction)]

    def after(self, instruction: Instruction) -> tuple[Instruction, ...]:
        """Those of the lineage that the build runs after this one."""
        lineage = self.lineage
        return lineage[_place(lineage, instruction) + 1 :]


def from_stage(source: CopyOrAdd | Mount | Reference) -> Stage | None:
    """The stage that a COPY or a mount takes from, above it or below; None for an image, and without `from`."""
    return of_kind(source.named_stage, Stage)


def _place(lineage: tuple[Instruction, ...], instruction: Instruction) -> int:
    return next(at for at, other in enumerate(lineage) if other is instruction)
