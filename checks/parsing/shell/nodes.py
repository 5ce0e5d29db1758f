"""The syntax tree of a script: the grammar builds it, and the walk reads it."""

from dataclasses import dataclass, field
from typing import Literal

from checks.parsing.shell.words import Word

Kind = Literal["subshell", "group", "if", "while", "until", "for", "case", "function"]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2>file` is `Redirect(">", "file", 2)`; `body` is the text of a heredoc (`<<`, `<<-`).

    `fd` is None if the script does not name one. `quoted` says whether the target or heredoc delimiter is quoted.
    """

    operator: str
    target: str
    fd: int | None = None
    body: str | None = None
    quoted: bool = False
    body_line: int = 0


@dataclass(frozen=True, slots=True)
class Substitution:
    """A script inside a word; `always` is false if it is only a default (`${x:-$(cmd)}`)."""

    script: "Script"
    always: bool = True


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command as written, including its wrappers (`sudo`, `env`)."""

    words: tuple[Word, ...]
    settings: tuple[tuple[str, Word], ...]
    redirects: list[Redirect]  # the parser fills in a heredoc's body at the end of the line
    substitutions: tuple[Substitution, ...]
    raw: str
    line: int


@dataclass(frozen=True, slots=True)
class Body:
    """One part of a compound command; a `condition` runs first and decides whether the next part runs."""

    script: "Script"
    condition: bool = False


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound command; in a loop, `variable` and `items` are set, and `items` None means `"$@"`.

    The `variable` of a function is its name.
    """

    kind: Kind
    bodies: tuple[Body, ...]
    line: int
    size: int  # characters, the cost of unrolling it
    variable: str = ""
    items: tuple[Word, ...] | None = None
    redirects: list[Redirect] = field(default_factory=list)
    substitutions: tuple[Substitution, ...] = ()


Node = Simple | Compound


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by `|`, each with the operator before it."""

    elements: tuple[tuple[str, Node], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class AndOr:
    """Pipelines joined by `&&` and `||`, each with the operator before it."""

    pipelines: tuple[tuple[str, Pipeline], ...]
    background: bool


@dataclass(frozen=True, slots=True)
class Script:
    """Lists, each with the `;`, `&` or line break that ended the one before it."""

    lists: tuple[tuple[str, AndOr], ...]
