"""What can go wrong between the grader and an engine; each says where, and what to do."""

from collections.abc import Sequence


class EngineError(Exception):
    """A program of the engine failed: the grader's trouble or the machine's, never a student's verdict.

    `exit_code` is -1 where the program was never started or was stopped at its time limit.
    """

    def __init__(self, command: Sequence[str], exit_code: int, output: str) -> None:
        super().__init__(command, exit_code, output)
        self.command = tuple(command)
        self.exit_code = exit_code
        self.output = output

    def __str__(self) -> str:
        detail = self.output.strip() or "it printed nothing"
        return f"`{' '.join(self.command)}` ended with exit code {self.exit_code}: {detail}"


def is_the_engines(error: BaseException) -> bool:
    """Whether an engine failed, or could not be reached: by ours, by docker-py, or by what that asks with."""
    package = type(error).__module__.partition(".")[0]
    return isinstance(error, EngineError) or package in {"docker", "requests", "urllib3"}


class NoEngine(Exception):  # noqa: N818 - an answer that `find` gives, not a fault
    """No engine can be used on this machine; the sentence says what to start or what is missing."""


class BaseUnavailable(Exception):  # noqa: N818 - leads to `not-run`, not to an error
    """A base image can neither be pulled nor stood in for."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"the base image {self.name} is not available: {self.why}"


class NoSuchBase(BaseUnavailable):
    """The registry answered that there is no such image: whoever wrote the name has to mend it."""
