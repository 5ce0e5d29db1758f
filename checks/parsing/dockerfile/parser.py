"""Parse statements into instructions and stages, from top to bottom, each in the state after those above it.

`KEYWORDS` is collected from the instruction classes, so that no separate list can get out of date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import checks.parsing.dockerfile.instructions  # noqa: F401 - imports every class
from checks.parsing.dockerfile.context import Context, Dialect
from checks.parsing.dockerfile.instructions import Arg, From, Instruction, Invalid, OnBuild
from checks.parsing.dockerfile.mounts import references_of
from checks.parsing.dockerfile.reader import Statement
from checks.parsing.dockerfile.stage_names import Naming, Reference
from checks.parsing.dockerfile.stages import File, Stage
from checks.parsing.dockerfile.state import Scope, State, of_kind
from checks.parsing.dockerfile.syntax import split_flags
from checks.parsing.text.decoding import LineMap
from checks.parsing.text.problems import ParseError, Problem, Problems, Refused, RefusedInUse, suggestion
from checks.sanitize import shortened


def _all(kind: type[Instruction]) -> Iterator[type[Instruction]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all(below)


KEYWORDS = {kind.KEYWORD: kind for kind in _all(Instruction) if kind.KEYWORD}


MAX_STAGES = 100  # people write fewer than ten
MAX_TRIGGERED = 1_000  # instructions that ONBUILD adds: n triggers times m stages
MAX_TRIGGERED_CHARACTERS = 1 << 20

# BuildKit defines these before the first FROM. The values are those of a plain build on linux/amd64.
_PLATFORM = {"OS": "linux", "ARCH": "amd64", "PLATFORM": "linux/amd64", "VARIANT": ""}
PLATFORM_ARGUMENTS = {
    f"{side}{name}": value for side in ("BUILD", "TARGET") for name, value in _PLATFORM.items()
}

_PROXIES = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"})


@cache
def _predefined() -> Scope:
    """Return the arguments that BuildKit sets itself, without a line in the file."""
    by = Invalid(Statement("ARG", "", 1, 1, "", (), LineMap((0,), (1,))), State(), (), "")
    return State().with_variables("arguments", PLATFORM_ARGUMENTS, by).arguments


@dataclass(slots=True)
class Builder:
    """Builds `instructions` and `stages` from statements, one at a time."""

    dialect: Dialect
    problems: Problems
    lines: Sequence[str] = ()
    instructions: list[Instruction] = field(default_factory=list)
    naming: Naming = field(default_factory=Naming)
    stages: list[Stage] = field(default_factory=list)  # the closed ones, in order
    global_state: State = field(default_factory=State)
    triggered: int = 0
    triggered_characters: int = 0
    _origin: From | None = None
    _triggers: bool = False
    _parent: Stage | None = None
    _own: list[Instruction] = field(default_factory=list)
    _state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        self.global_state = State(arguments=_predefined().copied())

    def take(self, statement: Statement) -> None:
        """Parse one statement of the file."""
        opens = statement.keyword == "FROM"
        if opens:
            self.finish()
            self._refuse_stage_past_limit(statement)
        in_head = opens or self._origin is None
        instruction = self._read(statement, self.global_state if in_head else self._state)
        self.instructions.append(instruction)
        if opens:
            self._begin(instruction)
        elif self._origin is not None:
            self._append(instruction)
        elif isinstance(instruction, Arg):
            self.global_state = instruction.after()
        elif not isinstance(instruction, Invalid):
            self.problems.add(statement.line, f"{statement.keyword} stands before the first FROM")

    def finish(self) -> None:
        """Close the open stage, if there is one."""
        if self._origin is None:
            return
        base = self._parent.root_base if self._parent else self._origin.image
        own = tuple(self._own)
        file = File(self.lines, self.instructions, self.stages)
        stage = Stage(len(self.stages), self._origin, own, self._parent, base, self._state, file)
        self.stages.append(stage)
        self.naming.add(stage)

    def _refuse_stage_past_limit(self, statement: Statement) -> None:
        if len(self.stages) == MAX_STAGES:
            raise ParseError(
                f"the file has more than {MAX_STAGES} stages, the most that are read", statement.line
            )

    def _begin(self, instruction: Instruction) -> None:
        if not isinstance(instruction, From):
            fields = (instruction.statement, instruction.state, instruction.flags, instruction.arguments)
            instruction = From(*fields, "", "", None)
        self._origin = instruction
        self._parent = of_kind(self.naming.names.get(instruction.image), Stage)
        self._state = self._parent.state.for_child() if self._parent else self._fresh(instruction)
        self._own = []
        for trigger in self._parent.triggers if self._parent else ():
            self._trigger(trigger)

    def _fresh(self, by: Instruction) -> State:
        proxies = {name: value for name, value in self.dialect.build_args.items() if name.lower() in _PROXIES}
        base = by.image if isinstance(by, From) else ""
        return State(base=base).with_variables("arguments", proxies, by)

    def _trigger(self, trigger: OnBuild) -> None:
        self.triggered += 1
        self.triggered_characters += len(trigger.value)
        if self.triggered > MAX_TRIGGERED:
            raise ParseError(f"ONBUILD triggers more than {MAX_TRIGGERED:,} instructions", trigger.line)
        if self.triggered_characters > MAX_TRIGGERED_CHARACTERS:
            raise ParseError(
                f"what ONBUILD triggers has more than {MAX_TRIGGERED_CHARACTERS:,} characters", trigger.line
            )
        keyword, *rest = trigger.arguments.split(maxsplit=1)
        value = rest[0] if rest else ""
        offset = trigger.value.rfind(value) if value else 0
        places = replace(
            trigger.statement.places,
            offsets=tuple(max(start - offset, 0) for start in trigger.statement.places.offsets),
        )
        statement = replace(
            trigger.statement, keyword=keyword.upper(), value=value, places=places, is_triggered=True
        )
        self._triggers = True
        self._append(self._read(statement, self._state))
        self._triggers = False

    def _append(self, instruction: Instruction) -> None:
        self._own.append(instruction)
        self._state = instruction.after()

    def _read(self, statement: Statement, state: State) -> Instruction:
        flags, arguments = split_flags(statement.value)
        context = Context(statement, state, self.dialect, self.global_state, self.naming, flags, arguments)
        try:
            return self._kind(statement.keyword).read(context)
        except RefusedInUse as refusal:
            self._refuse(statement, refusal)
            return replace(Invalid.read(context), references=_references(context))
        except Refused as refusal:
            self._refuse(statement, refusal)
            return Invalid.read(context)

    def _refuse(self, statement: Statement, refusal: Refused) -> None:
        late = isinstance(refusal, RefusedInUse) or self._triggers  # BuildKit parses triggers only in use
        if late and self._origin is not None and statement.keyword != "FROM":
            self.dialect.in_use.append((len(self.stages), Problem(statement.line, str(refusal))))
        else:
            self.problems.add(statement.line, str(refusal))

    def _kind(self, keyword: str) -> type[Instruction]:
        kind = KEYWORDS.get(keyword)
        if kind is None:
            nearest = "" if self.problems.full else suggestion(keyword, KEYWORDS)
            raise Refused(f"unknown instruction {shortened(keyword)}{nearest}")
        return kind


def _references(context: Context) -> tuple[Reference, ...]:
    """Return the sources that a COPY or the mounts of a RUN name, although the instruction is refused."""
    keyword, name = context.statement.keyword, context.flag("from")
    if keyword == "COPY" and name:
        return (Reference(name, is_mount=False, naming=context.naming),)
    values = [value or "" for key, value in context.flags if key == "mount"] if keyword == "RUN" else ()
    return tuple(found for value in values for found in references_of(value, context))
