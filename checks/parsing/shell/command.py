"""One simple command, as rules see it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.parsing.shell.allowance import Allowance
from checks.parsing.shell.braces import braced
from checks.parsing.shell.nodes import Redirect
from checks.parsing.shell.words import Word
from checks.parsing.shell.wrappers import basename
from checks.parsing.text.overlaid import Overlaid
from checks.sanitize import shortened

_CONTINUATION = re.compile(r"(?<!\\)\\[ \t]*(?:\n|\Z)")
SHOWN = 100  # characters of a command in a message: one line on a screen


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command inside a RUN, without its wrappers.

    `line` is the line of the file. `operator` is the one before it: `""` for the first, `&&`, `||`, `;`,
    `|`, `|&`, `&` or a line break. `redirects` are its own and those of the brackets around it.

    `context` lists the surrounding constructs from the outside in: `if`, `while`, `until`, `for`, `case`,
    `condition`, `subshell`, `function`, `substitution`, `background`, `pipe`, `shell` (`sh -c`, `eval`, a
    heredoc), `||`, and `xargs`, which adds arguments from its input.

    Three fields say whether it runs:

    - `runs`: it runs in a build where no command fails. The result of a test (`[ -f x ] && ...`) is unknown,
      so commands that depend on one do not count; nor do commands in an `if`, after `||`, or after `exit 0`.
      Rules about effects use this field.
    - `certain`: it has run in every build in which the RUN succeeded. This is stricter: in `a && b; c` the
      RUN succeeds even if `a` fails and `b` never runs. A `certain` command also `runs`.
    - `fatal`: if it runs and fails, the RUN fails.
    """

    words: tuple[Word, ...]
    raw: str
    line: int
    operator: str = ""
    settings: tuple[tuple[str, Word], ...] = ()  # from `X=1 cmd`, `env X=1 cmd` and `sudo X=1 cmd`
    exports: tuple[tuple[str, Word], ...] = ()  # the variables that the script exported before this command
    redirects: tuple[Redirect, ...] = ()
    context: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    variables: tuple[tuple[str, Word | None], ...] = ()  # the script's own; None if the value is unknown
    errexit: bool = False  # whether `set -e` is in force here
    runs: bool = True
    certain: bool = True
    fatal: bool = True
    braces: bool = False  # whether its shell expands braces: bash does, dash does not
    allowance: Allowance = field(default_factory=Allowance, compare=False, repr=False)
    _known: list["_Fields"] = field(default_factory=list, init=False, compare=False, repr=False)

    def __str__(self) -> str:
        """Return the command as written, on one line, for a message."""
        return shortened(_CONTINUATION.sub(" ", self.raw), SHOWN)

    @property
    def argv(self) -> tuple[str, ...]:
        """Its words after quote removal, with variables as written."""
        return tuple(word.text for word in self.words)

    @property
    def quoted(self) -> tuple[bool, ...]:
        """For each word, whether any of it was quoted or escaped: a quoted `*` is not a glob."""
        return tuple(word.quoted for word in self.words)

    @property
    def name(self) -> str:
        """The program without its directory; empty for a bare assignment or redirect."""
        return basename(self.words[0].text) if self.words else ""

    @property
    def assignments(self) -> tuple[tuple[str, str], ...]:
        """The variables set only for this command, as written."""
        return tuple((name, word.text) for name, word in self.settings)

    def expand(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Return its words with variables expanded, first the script's own, then these; an unset one is empty.

        Expansions with an unknown value (`$(cmd)`, `$1`, a variable set in an `if`) stay as written.
        """
        return tuple(field for field, _ in self.fields(environment))

    def fields(self, environment: Mapping[str, str]) -> tuple[tuple[str, Word], ...]:
        """Like `expand`, but pair each field with its source word: quotes decide what a `*` or a `~` means.

        Every rule calls this, so the last result is cached.
        """
        if not (self._known and self._known[0].environment is environment):
            lookup = self._lookup(environment)
            found = tuple(
                (field, word)
                for word in self.words
                for plain in (braced(word, self.allowance) if self.braces else (word,))
                for field in plain.fields(lookup)
            )
            self._known[:] = [_Fields(environment, found)]
        return self._known[0].fields

    def environment(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        """Return the variables that it sees: these, the script's exports, and those set only for it."""
        own = _Values(dict((*self.exports, *self.settings)), self._lookup(environment))
        return Overlaid((own, environment))

    def _lookup(self, environment: Mapping[str, str]) -> "_Lookup":
        return _Lookup(dict(self.variables), environment, self.allowance, self.line)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The expanded words of a command in one environment."""

    environment: Mapping[str, str]
    fields: tuple[tuple[str, Word], ...]


@dataclass(frozen=True, slots=True)
class _Lookup:
    variables: Mapping[str, Word | None]
    environment: Mapping[str, str]
    allowance: Allowance
    line: int

    def __call__(self, name: str) -> str | None:
        if name not in self.variables:
            return self._outer(name)
        word = self.variables[name]
        return None if word is None else self._counted(word.value(self._outer))

    def _outer(self, name: str) -> str:
        return self._counted(self.environment.get(name, ""))

    def _counted(self, value: str) -> str:
        self.allowance.expand(len(value), self.line)
        return value


@dataclass(frozen=True, slots=True)
class _Values(Mapping[str, str]):
    """Variables whose values are expanded on first access, then cached."""

    words: Mapping[str, Word]
    lookup: _Lookup
    known: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = self.words[name].value(self.lookup)
        return self.known[name]

    def __contains__(self, name: object) -> bool:
        return name in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)
