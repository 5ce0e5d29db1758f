"""How much work the shell code of one file may make. All RUNs of the file share one allowance.

A line can ask for work without end (`eval eval eval`, a loop in a loop in a loop), and a submission is read on
the grader's machine before anything is built. What passes a limit is refused, and the message names the limit.
The largest Dockerfiles that people write have about 1,000 lines.
"""

from dataclasses import dataclass

from checks.parsing.text.problems import ParseError

MAX_CHARACTERS = 1_500_000  # that are read; what `eval`, `sh -c` and backticks read again is counted again
MAX_REPEATED = 200_000  # characters of loop bodies that are walked again for a loop's further words
MAX_PIECES = 40_000  # words, lines and commands; each part of a word that is quoted or expanded is one more
MAX_COMMANDS = 3_000  # simple commands that are run
MAX_EXPANDED = 100_000  # characters that variables come to
MAX_AROUND = 100  # redirects and settings that one command has from the brackets and shells around it


@dataclass(slots=True)
class Allowance:
    """What is left. Each method takes some, and raises ParseError when there is too little."""

    characters: int = MAX_CHARACTERS
    repeated: int = MAX_REPEATED
    pieces: int = MAX_PIECES
    commands: int = MAX_COMMANDS
    expanded: int = MAX_EXPANDED

    def read(self, count: int, line: int) -> None:
        """A script of `count` characters is read."""
        self.characters -= count
        if self.characters < 0:
            raise _exceeded(f"has more than {MAX_CHARACTERS:,} characters, read again by `eval` or not", line)

    def repeat(self, count: int, line: int) -> None:
        """A loop runs once more; its text has `count` characters."""
        self.repeated -= count
        if self.repeated < 0:
            raise _exceeded(f"has loops that repeat more than {MAX_REPEATED:,} characters", line)

    def run(self, line: int) -> None:
        """One more command runs."""
        self.commands -= 1
        if self.commands < 0:
            raise _exceeded(f"runs more than {MAX_COMMANDS:,} commands", line)

    def expand(self, count: int, line: int) -> None:
        """A variable comes to `count` characters."""
        self.expanded -= count
        if self.expanded < 0:
            raise _exceeded(f"has variables that come to more than {MAX_EXPANDED:,} characters", line)

    def exhausted(self, line: int) -> ParseError:
        """The error for a file with too many pieces, which the lexer counts itself."""
        return _exceeded(f"has more than {MAX_PIECES:,} words, lines and commands", line)


def _exceeded(what: str, line: int) -> ParseError:
    return ParseError(f"the shell code of this file {what}, the most that is read: make it shorter", line)
