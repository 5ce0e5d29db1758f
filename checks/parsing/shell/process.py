"""The state of one shell during the walk over its script: options, variables, and whether it is still alive."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.nodes import Compound
from checks.parsing.shell.words import MAX_EXPANSION, Part, Word


class Reach(IntEnum):
    """Whether a command is reached; combine several with `min`."""

    NO = 0
    MAYBE = 1
    YES = 2


class Status(Enum):
    """The exit status of a command, or UNKNOWN."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"

    def reach(self, operator: str) -> Reach:
        """Return whether the command after `&&` or `||` is reached."""
        if self is Status.UNKNOWN:
            return Reach.MAYBE
        return Reach.YES if (self is Status.OK) == (operator == "&&") else Reach.NO

    def then(self, operator: str, other: "Status") -> "Status":
        """Return the status of this command and the other, joined by `&&` or `||`."""
        decides = Status.FAIL if operator == "&&" else Status.OK
        if self is decides:
            return self
        return other if self is not Status.UNKNOWN or other is decides else Status.UNKNOWN

    @property
    def negated(self) -> "Status":
        return {Status.OK: Status.FAIL, Status.FAIL: Status.OK}.get(self, self)


@dataclass(slots=True)
class Process:
    """A shell or a subshell; `exit_fatal` says whether the RUN fails if this shell exits with a failure."""

    allowance: Allowance = field(default_factory=Allowance)
    errexit: bool = False
    pipefail: bool = False
    braces: bool = False  # whether it expands braces: bash does by default, dash never
    exit_fatal: bool = True
    alive: Reach = Reach.YES  # in a build where nothing fails
    certainly_alive: bool = True  # in every build that succeeds
    broken: bool = False  # after a `break`, `continue` or `return` in the current loop or function
    exports: tuple[tuple[str, Word], ...] = ()
    parent: "Process | None" = None
    variables: dict[str, Word | None] = field(default_factory=dict)
    aliases: dict[str, tuple[Word, ...]] = field(
        default_factory=dict
    )  # dash only; bash scripts ignore aliases
    coming: dict[str, tuple[Word, ...]] = field(
        default_factory=dict
    )  # aliases that take effect on the next line
    functions: dict[str, Compound] = field(default_factory=dict)
    arguments: tuple[Word, ...] | None = None  # of the current function
    is_program: bool = False  # `sh -c`, which does not see the functions around it

    def child(self, *, exit_fatal: bool) -> "Process":
        """Return a subshell: it inherits the state of this shell and cannot change it."""
        return Process(
            self.allowance,
            errexit=self.errexit,
            pipefail=self.pipefail,
            braces=self.braces,
            exit_fatal=exit_fatal,
            alive=self.reached,
            certainly_alive=self.certainly_reached,
            exports=self.exports,
            parent=self,
            arguments=self.arguments,
            aliases={**self.aliases},
        )

    @property
    def reached(self) -> Reach:
        """Whether the next command is reached in a build where nothing fails."""
        return min(self.alive, Reach.MAYBE) if self.broken else self.alive

    @property
    def certainly_reached(self) -> bool:
        """Whether the next command is reached in every build that succeeds."""
        return self.certainly_alive and not self.broken

    def end(self) -> None:
        """End the shell: no later command runs."""
        self.alive, self.certainly_alive = Reach.NO, False

    def bound(self, name: str) -> bool:
        """Return whether the script itself has set this variable."""
        return name in self.variables or (self.parent is not None and self.parent.bound(name))

    def value(self, name: str) -> Word | None:
        """Return the value of a variable; None if it is unknown."""
        if name in self.variables or self.parent is None:
            return self.variables.get(name)
        return self.parent.value(name)

    def function(self, name: str) -> Compound | None:
        """Return the function that the script has defined under this name; None if it has not."""
        if name in self.functions or self.parent is None or self.is_program:
            return self.functions.get(name)
        return self.parent.function(name)

    def mentioned(self, words: tuple[Word, ...]) -> tuple[tuple[str, Word | None], ...]:
        """Return the script's own variables among those that the words name."""
        names = sorted(
            name for name in set[str]().union(*(word.mentions() for word in words)) if self.bound(name)
        )
        return tuple((name, self.value(name)) for name in names)

    def resolve(self, word: Word) -> Word | None:
        """Return the word with the script's own variables expanded; None if one is unknown or it gets too long."""
        parts: list[Part] = []
        size = 0
        for part in word.parts:
            value = self._resolved(word, part)
            size += sum(len(kept.text) + 1 for kept in value or ())
            if value is None or size > MAX_EXPANSION:
                return None
            parts += value
        return Word.of(parts)

    def _resolved(self, word: Word, part: Part) -> tuple[Part, ...] | None:
        name = word.variable(part)
        if name and self.bound(name):
            value = self.value(name)
            self.allowance.expand(sum(len(kept.text) + 1 for kept in value.parts) if value else 0, part.line)
            return value.parts if value else None
        unclear = part.expands and any(self.bound(mentioned) for mentioned in Word.of((part,)).mentions())
        return None if unclear else (part,)
