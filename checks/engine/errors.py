"""Errors of the engine; each message says where it happened and what to do."""

from collections.abc import Sequence


class EngineError(Exception):
    """A program of the engine failed: the fault of the grader or the machine, never of a student.

    `exit_code` is -1 if the program never started, or was stopped at its time limit.
    """

    def __init__(self, command: Sequence[str], exit_code: int, output: str) -> None:
        super().__init__(command, exit_code, output)
        self.command = tuple(command)
        self.exit_code = exit_code
        self.output = output

    def __str__(self) -> str:
        detail = self.output.strip() or "it printed nothing"
        return f"`{' '.join(self.command)}` ended with exit code {self.exit_code}: {detail}"


def is_engine_error(error: BaseException) -> bool:
    """Whether the error reports a failed or unreachable engine: ours, docker-py's or its HTTP client's."""
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, EngineError) or package in {"docker", "requests", "urllib3"}


class NoEngine(Exception):  # noqa: N818 - an answer of `find`, not a fault
    """This machine has no usable engine; the message says what to start or what is missing."""


class BaseUnavailable(Exception):  # noqa: N818 - leads to `not-run`, not to an error
    """A base image can neither be pulled nor replaced by a stand-in."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"the base image {self.name} is not available: {self.why}"


class NoSuchBase(BaseUnavailable):
    """The registry does not have the image: its name in the Dockerfile is wrong."""
