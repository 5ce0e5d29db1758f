"""Limits on the work that the shell code of one file may cause. All RUNs of the file share one allowance.

One line can cause unbounded work (`eval eval eval`, a loop in a loop in a loop), and the grader's machine reads a
submission before it builds anything. A file that exceeds a limit is refused, with a message that names the limit.
The largest Dockerfiles that people write have about 1,000 lines.
"""

from dataclasses import dataclass

from checks.parsing.text.problems import ParseError

MAX_CHARACTERS = 1_500_000  # characters read; text that `eval`, `sh -c` or backticks reread counts again
MAX_REPEATED = 200_000  # characters of loop bodies, counted for each iteration after the first
MAX_PIECES = 40_000  # words, lines and commands; each quoted or expanded part of a word counts as one more
MAX_COMMANDS = 3_000  # simple commands that run
MAX_EXPANDED = 100_000  # characters that variables expand to
MAX_AROUND = 100  # redirects and settings that one command inherits from surrounding brackets and shells


@dataclass(slots=True)
class Allowance:
    """The remaining budget. Each method deducts from it and raises ParseError when too little is left."""

    characters: int = MAX_CHARACTERS
    repeated: int = MAX_REPEATED
    pieces: int = MAX_PIECES
    commands: int = MAX_COMMANDS
    expanded: int = MAX_EXPANDED

    def read(self, count: int, line: int) -> None:
        """Deduct a script of `count` characters that is read."""
        self.characters -= count
        if self.characters < 0:
            raise _exceeded(f"has more than {MAX_CHARACTERS:,} characters, read again by `eval` or not", line)

    def repeat(self, count: int, line: int) -> None:
        """Deduct one more iteration of a loop whose text has `count` characters."""
        self.repeated -= count
        if self.repeated < 0:
            raise _exceeded(f"has loops that repeat more than {MAX_REPEATED:,} characters", line)

    def run(self, line: int) -> None:
        """Deduct one command that runs."""
        self.commands -= 1
        if self.commands < 0:
            raise _exceeded(f"runs more than {MAX_COMMANDS:,} commands", line)

    def expand(self, count: int, line: int) -> None:
        """Deduct a variable that expands to `count` characters."""
        self.expanded -= count
        if self.expanded < 0:
            raise _exceeded(f"has variables that come to more than {MAX_EXPANDED:,} characters", line)

    def exhausted(self, line: int) -> ParseError:
        """Return the error for a file with too many pieces; the cursor counts them itself."""
        return _exceeded(f"has more than {MAX_PIECES:,} words, lines and commands", line)


def _exceeded(what: str, line: int) -> ParseError:
    return ParseError(f"the shell code of this file {what}, the most that is read: make it shorter", line)
