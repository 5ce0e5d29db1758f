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
SHOWN = 100  # characters of a command in a message: one line of a screen


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command inside a RUN, its wrappers taken off.

    `line` is the line of the file. `operator` is the one before it: `""` for the first, `&&`, `||`, `;`,
    `|`, `|&`, `&` or a line break. `redirects` are its own and those of the brackets around it.

    `context` tells, from the outside in, what it stands in: `if`, `while`, `until`, `for`, `case`,
    `condition`, `subshell`, `function`, `substitution`, `background`, `pipe`, `shell` (`sh -c`, `eval`, a
    heredoc), `||`, and `xargs`, when further arguments come from elsewhere.

    Three answers to "does it run?":

    - `runs`: yes, on a build where no command fails. A test (`[ -f x ] && ...`) is undecided, so what hangs
      on it does not count; nor does what is in an `if`, after `||`, or after `exit 0`. This is what a rule
      about effects wants.
    - `certain`: it has run in every build in which the RUN succeeded. Stricter: in `a && b; c` the RUN
      succeeds with `a` failed and `b` never run. What is certain also `runs`.
    - `fatal`: the RUN fails when it fails, if it runs.
    """

    words: tuple[Word, ...]
    raw: str
    line: int
    operator: str = ""
    settings: tuple[tuple[str, Word], ...] = ()  # `X=1 cmd`, and those of `env` and `sudo`
    exports: tuple[tuple[str, Word], ...] = ()  # exported by the script before this command
    redirects: tuple[Redirect, ...] = ()
    context: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    variables: tuple[tuple[str, Word | None], ...] = ()  # of the script; None for one that cannot be known
    errexit: bool = False  # whether `set -e` is in force here
    runs: bool = True
    certain: bool = True
    fatal: bool = True
    braces: bool = False  # whether its shell expands them: bash does, dash does not
    allowance: Allowance = field(default_factory=Allowance, compare=False, repr=False)
    _known: list["_Fields"] = field(default_factory=list, init=False, compare=False, repr=False)

    def __str__(self) -> str:
        """As it was written, on one line, for a message."""
        return shortened(_CONTINUATION.sub(" ", self.raw), SHOWN)

    @property
    def argv(self) -> tuple[str, ...]:
        """Its words after quote removal, variables as they were written."""
        return tuple(word.text for word in self.words)

    @property
    def quoted(self) -> tuple[bool, ...]:
        """Which words were quoted or escaped in part: a quoted glob is none."""
        return tuple(word.quoted for word in self.words)

    @property
    def name(self) -> str:
        """The program without its directory; empty for a bare assignment or redirect."""
        return basename(self.words[0].text) if self.words else ""

    @property
    def assignments(self) -> tuple[tuple[str, str], ...]:
        """The variables set for this command alone, as written."""
        return tuple((name, word.text) for name, word in self.settings)

    def expand(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Its words with variables expanded: the script's own first, then these; an unset one is empty.

        What cannot be known (`$(cmd)`, `$1`, a variable set in an `if`) stays as it was written.
        """
        return tuple(field for field, _ in self.fields(environment))

    def fields(self, environment: Mapping[str, str]) -> tuple[tuple[str, Word], ...]:
        """As `expand`, each with the word that it comes from: quotes decide what a `*` or a `~` means.

        Every rule asks again, so the last answer is kept.
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
        """The variables that it sees: these, what the script exported, and what is set for it alone."""
        own = _Values(dict((*self.exports, *self.settings)), self._lookup(environment))
        return Overlaid((own, environment))

    def _lookup(self, environment: Mapping[str, str]) -> "_Lookup":
        return _Lookup(dict(self.variables), environment, self.allowance, self.line)


@dataclass(frozen=True, slots=True)
class _Fields:
    """What a command's words come to in one environment."""

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
    """Variables that are worked out when somebody asks for them, once."""

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
