"""The state of one shell while its script is walked: options, variables, and whether it is still there."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.nodes import Compound
from checks.parsing.shell.words import MAX_EXPANSION, Part, Word


class Reach(IntEnum):
    """Whether a command is reached; the least of several decides."""

    NO = 0
    MAYBE = 1
    YES = 2


class Status(Enum):
    """How a command ends, as far as it can be told."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"

    def reach(self, operator: str) -> Reach:
        """Whether `&&` or `||` goes on after this."""
        if self is Status.UNKNOWN:
            return Reach.MAYBE
        return Reach.YES if (self is Status.OK) == (operator == "&&") else Reach.NO

    def then(self, operator: str, other: "Status") -> "Status":
        """The status of this, `&&` or `||`, and the other."""
        decides = Status.FAIL if operator == "&&" else Status.OK
        if self is decides:
            return self
        return other if self is not Status.UNKNOWN or other is decides else Status.UNKNOWN

    @property
    def negated(self) -> "Status":
        return {Status.OK: Status.FAIL, Status.FAIL: Status.OK}.get(self, self)


@dataclass(slots=True)
class Process:
    """A shell or a subshell; `exit_fatal` says whether the RUN fails when it exits with a failure."""

    allowance: Allowance = field(default_factory=Allowance)
    errexit: bool = False
    pipefail: bool = False
    braces: bool = False  # whether it expands them: bash does unless told not to, dash never
    exit_fatal: bool = True
    alive: Reach = Reach.YES  # on a build where nothing fails
    certainly_alive: bool = True  # on every build that succeeds
    broken: bool = False  # a `break` or `continue` of the loop that is being walked
    exports: tuple[tuple[str, Word], ...] = ()
    parent: "Process | None" = None
    variables: dict[str, Word | None] = field(default_factory=dict)
    aliases: dict[str, tuple[Word, ...]] = field(default_factory=dict)  # of dash; bash has none in a script
    coming: dict[str, tuple[Word, ...]] = field(
        default_factory=dict
    )  # those that count from the next line on
    functions: dict[str, Compound] = field(default_factory=dict)
    arguments: tuple[Word, ...] | None = None  # of the function that is walked
    is_program: bool = False  # `sh -c`, which knows none of the functions around it

    def child(self, *, exit_fatal: bool) -> "Process":
        """A subshell: it sees what this one has, and changes nothing here."""
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
        """Whether what comes next is reached, on a build where nothing fails."""
        return min(self.alive, Reach.MAYBE) if self.broken else self.alive

    @property
    def certainly_reached(self) -> bool:
        """Whether what comes next is reached on every build that succeeds."""
        return self.certainly_alive and not self.broken

    def end(self) -> None:
        """From here on it runs nothing."""
        self.alive, self.certainly_alive = Reach.NO, False

    def bound(self, name: str) -> bool:
        """Whether the script itself has set this variable."""
        return name in self.variables or (self.parent is not None and self.parent.bound(name))

    def value(self, name: str) -> Word | None:
        """Its value; None when that cannot be known."""
        if name in self.variables or self.parent is None:
            return self.variables.get(name)
        return self.parent.value(name)

    def function(self, name: str) -> Compound | None:
        """The function of this name that the script has defined."""
        if name in self.functions or self.parent is None or self.is_program:
            return self.functions.get(name)
        return self.parent.function(name)

    def mentioned(self, words: tuple[Word, ...]) -> tuple[tuple[str, Word | None], ...]:
        """The script's own variables among those that the words name."""
        names = sorted(
            name for name in set[str]().union(*(word.mentions() for word in words)) if self.bound(name)
        )
        return tuple((name, self.value(name)) for name in names)

    def resolve(self, word: Word) -> Word | None:
        """The word with the script's own variables put in; None when one of them cannot be known."""
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
