"""What is in force before an instruction: the image's configuration so far, and the variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from checks.parsing.scope import Scope, Setting

if TYPE_CHECKING:
    from checks.parsing.instruction import Instruction
    from checks.parsing.instructions import Cmd, Entrypoint, Healthcheck, Run, Shell

DEFAULT_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True, slots=True)
class State:
    """Set by the instructions of this file only: what the base image brings along is not known here."""

    base: str = ""  # the image at the end of the chain of FROMs
    environment: Scope = field(default_factory=Scope)
    arguments: Scope = field(default_factory=Scope)
    labels: Scope = field(default_factory=Scope)
    ports: Scope = field(default_factory=Scope)  # by "8000/tcp"
    volumes: Scope = field(default_factory=Scope)
    user: Setting[str] | None = None
    workdir: Setting[str] | None = None
    stop_signal: Setting[str] | None = None
    entrypoint: "Entrypoint | None" = None
    cmd: "Cmd | None" = None
    cmd_is_own: bool = False  # set in this stage: an ENTRYPOINT clears an inherited CMD only
    healthcheck: "Healthcheck | None" = None
    shell_instruction: "Shell | None" = None
    made_users: "Run | None" = None  # the last RUN that may have made a user

    @property
    def shell(self) -> tuple[str, ...]:
        """What a shell form is handed to."""
        return self.shell_instruction.argv if self.shell_instruction else DEFAULT_SHELL

    @property
    def directory(self) -> str:
        """The working directory as an absolute path; `/` while only the base image could know it."""
        return self.workdir.value if self.workdir else "/"

    def value_of(self, name: str) -> str | None:
        """What `$name` expands to, or None. ENV wins over ARG of the same name, as Docker documents."""
        value = self.environment.get(name)
        return self.arguments.get(name) if value is None else value

    def but(self, **changes: Any) -> Self:
        """The state with some fields changed."""
        return replace(self, **changes)

    def with_variables(self, kind: str, values: Mapping[str, str], by: "Instruction") -> Self:
        """The state with names assigned in the scope `kind` ("environment", "labels", ...)."""
        scope: Scope = getattr(self, kind)
        for name, value in values.items():
            scope = scope.assign(name, Setting(value, by))
        return self.but(**{kind: scope})

    def for_child(self) -> Self:
        """What a stage begins with that is built `FROM` the one that ended in this state."""
        return replace(self, cmd_is_own=False)
