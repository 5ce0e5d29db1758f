"""Turn the exception that ended a check into its outcome; only this module assigns points."""

import traceback
from dataclasses import replace
from pathlib import Path

from checks.engine.errors import is_engine_error
from checks.outcomes import MEND, CheckFailed, CheckResult, NotRun, Outcome
from checks.parsing.text.problems import ParseError
from checks.sanitize import sanitize

OURS = (
    "This is the grader's own fault, not yours: nothing you did has cost these points. "
    "Please pass these lines on to whoever runs the course."
)
THE_ENGINES = (
    "The engine or its machine failed, not you: nothing you did has cost these points. "
    "Grade again once it is at work."
)


class Blocked(Exception):  # noqa: N818 - an outcome of its own, not an error
    """Another check that this one needs did not pass."""


def result_from(
    planned: CheckResult, error: BaseException | None, seconds: float, default_file: str | None, points: int
) -> CheckResult:
    """Return the result of a check that ended with `error`, or passed if that is None.

    `seconds` is the duration of this phase, added to the earlier ones; `points` is the check's worth.
    """
    timed = replace(planned, seconds=round(planned.seconds + seconds, 3), actual="", help="")
    match error:
        case None:
            return replace(timed, outcome=Outcome.PASS, score=points)
        case CheckFailed():
            return replace(
                timed,
                outcome=Outcome.FAIL,
                expected=error.expected,
                actual=error.actual,
                help=error.help,
                file=error.file or default_file,
                line=error.line,
            )
        case ParseError():
            expected = f"a {Path(default_file or 'file').name} that can be read"
            message = sanitize(error.message)
            return replace(
                timed,
                outcome=Outcome.FAIL,
                expected=expected,
                actual=message,
                help=MEND,
                file=default_file,
                line=error.line,
            )
        case NotRun():
            return replace(timed, outcome=Outcome.NOT_RUN, actual=str(error), help=error.help)
        case Blocked():
            blocker = str(error)
            return replace(
                timed, outcome=Outcome.BLOCKED, actual=f"`{blocker}` did not pass", blocked_by=blocker
            )
    return _not_the_students(timed, error)


def _not_the_students(planned: CheckResult, error: BaseException) -> CheckResult:
    """Return an error result, with help that says who should be told."""
    if is_engine_error(error):
        return replace(planned, outcome=Outcome.ERROR, actual=f"the engine failed: {error}", help=THE_ENGINES)
    return replace(planned, outcome=Outcome.ERROR, actual=_last_lines(error), help=OURS)


def _last_lines(error: BaseException) -> str:
    """Return the last three frames of the traceback and the error, without pytest's frames above them."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = "".join(f"{frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)
    return f"{where}{type(error).__name__}: {error}"
