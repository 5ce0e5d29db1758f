"""The base class of all instructions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Self

from checks.parsing.dockerfile.heredoc import Heredoc
from checks.parsing.dockerfile.reader import Statement
from checks.parsing.dockerfile.stage_names import Reference
from checks.parsing.dockerfile.state import State
from checks.sanitize import shortened

if TYPE_CHECKING:
    from checks.parsing.dockerfile.context import Context


@dataclass(frozen=True, slots=True)
class Instruction:
    """One parsed instruction; each keyword has a subclass with its expanded arguments.

    `state` is the state before it. `flags` keep their order; a switch without a value has "".
    """

    KEYWORD: ClassVar[str] = ""
    FLAGS: ClassVar[Mapping[str, str]] = MappingProxyType({})  # each is "one" (value), "many" or "switch"

    statement: Statement = field(repr=False)
    state: State = field(repr=False, compare=False)
    flags: tuple[tuple[str, str], ...]
    arguments: str  # the value after the flags

    @classmethod
    def read(cls, context: "Context") -> Self:
        """Parse one instruction. Raises Refused for what Docker refuses."""
        return cls(*cls.common(context))

    @staticmethod
    def common(context: "Context") -> tuple[Statement, State, tuple[tuple[str, str], ...], str]:
        """Return the fields that every instruction has."""
        flags = tuple((name, value or "") for name, value in context.flags)
        return context.statement, context.state, flags, context.arguments

    def after(self) -> State:
        """Return the state after this instruction."""
        return self.state

    @property
    def keyword(self) -> str:
        """The keyword, in upper case."""
        return self.statement.keyword

    @property
    def line(self) -> int:
        """The 1-based first line."""
        return self.statement.line

    @property
    def end_line(self) -> int:
        """The 1-based last line, heredocs included."""
        return self.statement.end_line

    @property
    def value(self) -> str:
        """Everything after the keyword on one line, flags included, as BuildKit joins it."""
        return self.statement.value

    @property
    def original(self) -> str:
        """The source text, comments and heredocs included."""
        return self.statement.original

    @property
    def heredocs(self) -> tuple[Heredoc, ...]:
        """The heredocs, in the order in which they open."""
        return self.statement.heredocs

    def __str__(self) -> str:
        return shortened(f"{self.keyword} {self.value}")


@dataclass(frozen=True, slots=True)
class Invalid(Instruction):
    """An instruction that Docker refuses, for its keyword or its arguments. It has no effect.

    `references` are the sources that it names, if Docker refuses it only when it builds the stage.
    """

    references: tuple[Reference, ...] = ()
