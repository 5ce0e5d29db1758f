"""The input for parsing an instruction: its statement, the state before it, the stages before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from checks.parsing.dockerfile.heredoc import Heredoc
from checks.parsing.dockerfile.reader import Statement
from checks.parsing.dockerfile.stage_names import Naming
from checks.parsing.dockerfile.state import State
from checks.parsing.shell.allowance import Allowance
from checks.parsing.text.expansion import Budget, expand, expand_raw, expand_words
from checks.parsing.text.expansion_parts import ExpansionError
from checks.parsing.text.problems import Problem, Problems, Refused, RefusedInUse, suggestion

MAX_PORTS = 1 << 16  # that one file may expose, ranges expanded; one range has at most 65,536


@dataclass(frozen=True, slots=True)
class Dialect:
    """Settings, budgets and problems that all statements of a file share."""

    escape: str
    build_args: Mapping[str, str]
    budget: Budget
    ports: Budget
    shell: Allowance
    problems: Problems
    in_use: list[tuple[int, Problem]] = field(default_factory=list)  # by stage; reported if that is needed


@dataclass(frozen=True, slots=True)
class Context:
    """A statement with the input for parsing it into an instruction."""

    statement: Statement
    state: State
    dialect: Dialect
    global_state: State
    naming: Naming
    flags: tuple[tuple[str, str | None], ...]
    arguments: str

    def expand(self, text: str) -> str:
        """Expand one word with the variables in force here. Raises Refused."""
        return self.expand_after(text, {})

    def expand_after(self, text: str, arguments: Mapping[str, str | None]) -> str:
        """Expand one word with `arguments` declared in addition to the state. Raises Refused."""

        def lookup(name: str) -> str | None:
            value = None if name in self.state.environment else arguments.get(name)
            return self.state.value_of(name) if value is None else value

        try:
            return expand(text, lookup, self.dialect.escape, self.dialect.budget)
        except ExpansionError as error:
            raise RefusedInUse(str(error)) from error

    def expand_words(self, text: str) -> tuple[str, ...]:
        """Expand, then split into words. Raises Refused."""
        try:
            return expand_words(text, self.state.value_of, self.dialect.escape, self.dialect.budget)
        except ExpansionError as error:
            raise RefusedInUse(str(error)) from error

    def refused_since(self, version: int, message: str) -> None:
        """Record a problem for engines from this version on; older ones still carry out the instruction."""
        self.dialect.in_use.append((len(self.naming.stages), Problem(self.statement.line, message, version)))

    def expand_document(self, document: Heredoc) -> Heredoc:
        """Expand the variables in a heredoc of COPY or ADD. Raises Refused."""
        if not document.expand:
            return document
        try:
            body = expand_raw(document.body, self.state.value_of, self.dialect.escape, self.dialect.budget)
            return replace(document, body=body)
        except ExpansionError as error:
            raise RefusedInUse(
                f"the heredoc `{document.name}`: {error}; quote its name to keep it as it is"
            ) from error

    def flag(self, name: str) -> str | None:
        """Return the value of a flag as written, or None without it."""
        return next((value or "" for key, value in self.flags if key == name), None)

    def expanded_flag(self, name: str) -> str | None:
        """Return the expanded value of a flag, or None without it."""
        value = self.flag(name)
        return None if value is None else self.expand(value)

    def is_set(self, name: str) -> bool:
        """Whether a switch such as `--link` is on."""
        value = self.flag(name)
        return value is not None and value.lower() != "false"

    def check_flags(self, allowed: Mapping[str, str]) -> None:
        """Refuse flags that the instruction does not know; `allowed` maps each to its kind."""
        seen: set[str] = set()
        for name, value in self.flags:
            kind = allowed.get(name)
            if kind is None:
                raise Refused(f"unknown flag --{name}{suggestion(name, allowed)}")
            if name in seen and kind != "many":
                raise Refused(f"flag --{name} is given twice")
            if value is None and kind != "switch":
                raise Refused(f"flag --{name} needs a value: --{name}=...")
            if kind == "switch" and value is not None and value.lower() not in {"true", "false"}:
                raise Refused(f"flag --{name} is true or false, not `{value}`")
            seen.add(name)
