"""One simple command, as rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from checks.parsing.shell.nodes import Redirect
from checks.parsing.shell.words import Word
from checks.parsing.shell.wrappers import basename


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
        """As `expand`, each with the word that it comes from: quotes decide what a `*` or a `~` means."""
        lookup = self._lookup(environment)
        return tuple((field, word) for word in self.words for field in word.fields(lookup))

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The variables that it sees: these, what the script exported, and what is set for it alone."""
        lookup = self._lookup(environment)
        own = {name: word.value(lookup) for name, word in (*self.exports, *self.settings)}
        return {**environment, **own}

    def _lookup(self, environment: Mapping[str, str]) -> "_Lookup":
        return _Lookup(dict(self.variables), environment)


@dataclass(frozen=True, slots=True)
class _Lookup:
    variables: Mapping[str, Word | None]
    environment: Mapping[str, str]

    def __call__(self, name: str) -> str | None:
        if name not in self.variables:
            return self.environment.get(name, "")
        word = self.variables[name]
        return None if word is None else word.value(lambda outer: self.environment.get(outer, ""))
