"""Assertions about the end of a service: it heeds the stop signal, and finishes what it has begun."""

from checks.evidence.service.stop import Stop
from checks.expect.service import OK
from checks.outcomes import CheckFailed
from checks.sanitize import fenced

ENDED = 128  # and the number of the signal: the exit code of a process that a signal ended
SIGNALS = {0, ENDED + 15}
FIRST = (
    "The server must be the first process, or the signal never reaches it: exec form, or `exec` in the script that "
    "starts it. gunicorn then finishes what it has begun."
)


def stopped_in_time(stop: Stop, seconds: float) -> None:
    """Assert that the service ended in time, with the exit code 0 or 143, and answered its last request."""
    expected = f"the end within {seconds:g} s of {stop.signal}, with the exit code 0 or {ENDED + 15}"
    if stop.exit_code is None:
        raise CheckFailed(expected, f"it goes on for more than {seconds:g} s (its limit of time)", FIRST)
    if stop.exit_code not in SIGNALS:
        raise CheckFailed(expected, f"it ended with the exit code {stop.exit_code}", FIRST)
    if stop.answer is None or stop.answer.status != OK:
        said = f"status {stop.answer.status} and\n{fenced(stop.answer.text)}" if stop.answer else "no answer"
        raise CheckFailed("an answer to the request that was there before the signal", said, FIRST)
