"""The shape of a script: what the grammar makes of the text, and what the walk reads."""

from dataclasses import dataclass, field
from typing import Literal

from checks.parsing.shell.words import Word

Kind = Literal["subshell", "group", "if", "while", "until", "for", "case", "function"]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2>file` is `Redirect(">", "file", 2)`; `body` is the text of a heredoc (`<<`, `<<-`).

    `fd` is None when it was not written. `quoted` says whether the target, or a heredoc's delimiter, was.
    """

    operator: str
    target: str
    fd: int | None = None
    body: str | None = None
    quoted: bool = False
    body_line: int = 0


@dataclass(frozen=True, slots=True)
class Substitution:
    """A script inside a word; `always` is false for one that is only a default (`${x:-$(cmd)}`)."""

    script: "Script"
    always: bool = True


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command as written, its wrappers (`sudo`, `env`) still on it."""

    words: tuple[Word, ...]
    settings: tuple[tuple[str, Word], ...]
    redirects: list[Redirect]  # a heredoc's body is put in when its line has ended
    substitutions: tuple[Substitution, ...]
    raw: str
    line: int


@dataclass(frozen=True, slots=True)
class Body:
    """One part of a compound command; a `condition` decides, and is run before what it decides on."""

    script: "Script"
    condition: bool = False


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound command. `variable` and `items` are a loop's; `items` None means `"$@"`.

    The `variable` of a function is its name.
    """

    kind: Kind
    bodies: tuple[Body, ...]
    line: int
    size: int  # characters, what it costs to unroll
    variable: str = ""
    items: tuple[Word, ...] | None = None
    redirects: list[Redirect] = field(default_factory=list)
    substitutions: tuple[Substitution, ...] = ()


Node = Simple | Compound


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by `|`; the operators are those before each."""

    elements: tuple[tuple[str, Node], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class AndOr:
    """Pipelines joined by `&&` and `||`; the operators are those before each."""

    pipelines: tuple[tuple[str, Pipeline], ...]
    background: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Lists, each with the `;`, `&` or line break that ended the one before it."""

    lists: tuple[tuple[str, AndOr], ...]
