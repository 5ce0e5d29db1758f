"""What the end of a grading process tells (which limit it hit, or what killed it), and the report that says so."""

import signal
from collections.abc import Sequence
from datetime import UTC, datetime

from checks.lab import Lab
from checks.outcomes import CheckResult, EngineUsed, LabResult, Outcome, Report

# What each signal means for a process that only grades: it sends none of these to itself.
_MEANINGS = {
    signal.SIGKILL: "killed from outside: where memory is exhausted, the kernel does that",
    signal.SIGXCPU: "its limit of CPU time was hit",
    signal.SIGXFSZ: "its limit of the size of a file was hit",
    signal.SIGSEGV: "it crashed, as by endless recursion or a broken library",
    signal.SIGABRT: "it crashed, as a library does that finds itself broken",
    signal.SIGBUS: "it crashed: where a disk or shared memory is full, the kernel does that",
    signal.SIGTERM: "ended from outside",
}


def ending_of(exit_code: int | None) -> str:
    """Return in a sentence how a process ended; negative codes are signals, as multiprocessing has them."""
    said = f"the grader ended with exit code {exit_code}"
    if exit_code is None or exit_code >= 0:
        return said
    try:
        number = signal.Signals(-exit_code)
    except ValueError:
        return said
    meaning = _MEANINGS.get(number)
    return f"{said} ({number.name}{f', {meaning}' if meaning else ''})"


def lost(name: str, labs: Sequence[Lab], why: str) -> Report:
    """Return the report of a submission whose grading was lost: an `error` with the reason in each lab."""
    broken = CheckResult("grader", "The grader itself works.", "static", Outcome.ERROR, 0, 0, actual=why)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    results = tuple(LabResult(lab.id, lab.title, (broken,)) for lab in labs)
    return Report(name, now, EngineUsed(), results)
