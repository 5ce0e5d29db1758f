"""The two ways in which a check ends without passing."""

from collections.abc import Iterator
from contextlib import contextmanager

from checks.evidence.output import visible
from checks.parsing.errors import ParseError

MEND = "Mend this line first: what depends on it cannot be judged before."

NO_MISTAKE = "This is no mistake of yours, and costs no point: grade again once it is mended."


class CheckFailed(Exception):  # noqa: N818 - the word of the design: a verdict, not an error
    """A requirement is not met; the only exception that costs points.

    `file` is relative to the submission (`task1_layers/Dockerfile`), `line` is 1-based.
    """

    def __init__(
        self, expected: str, actual: str, help: str = "", *, file: str | None = None, line: int | None = None
    ) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual
        self.help = help
        self.file = file
        self.line = line


class NotRun(Exception):  # noqa: N818 - an outcome of its own, not an error
    """The requirement cannot be judged on this machine; the sentence says what is missing, `help` what to do."""

    def __init__(self, why: str, help: str = NO_MISTAKE) -> None:
        super().__init__(why)
        self.help = help


@contextmanager
def in_file(file: str) -> Iterator[None]:
    """Where a lab has several files of a kind: what fails in here stands in this one."""
    try:
        yield
    except ParseError as error:
        expected = f"a {file.rpartition('/')[2]} that can be read"
        raise CheckFailed(expected, visible(error.message), MEND, file=file, line=error.line) from None
    except CheckFailed as failed:
        failed.file = failed.file or file
        raise
