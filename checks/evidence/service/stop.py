"""How a service stops: it gets its stop signal, as from `docker stop`, while it answers a request."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from checks.evidence.service.service import Answer, Question, Service
from checks.outcomes import CheckFailed

HEAD_START = 0.7
"""Seconds from the request, once it is sent, to the signal: the server has it then, and is at work on it."""
SIGTERM = "SIGTERM"


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a service: the signal, its exit code, and the answer to the last request.

    `exit_code` is None if it did not end in time, `answer` is None if there was none.
    """

    signal: str
    exit_code: int | None
    answer: Answer | None


def stop(service: Service, question: Question, seconds: float) -> Stop:
    """Ask, send the signal, and return what came of both within `seconds`."""
    running = service.running
    signal = str(running.inspect()["Config"].get("StopSignal") or SIGTERM)
    with ThreadPoolExecutor(1) as pool:
        sent = Event()
        asked = pool.submit(service.ask, question, sent.set)
        asked.add_done_callback(lambda _: sent.set())  # where it never can be sent
        sent.wait()
        time.sleep(HEAD_START)
        running.container.kill(signal=signal)
        is_over = running.wait_over(seconds)
        exit_code = int(running.inspect()["State"]["ExitCode"]) if is_over else None
        if not is_over:
            running.container.kill()  # or it would still be asked
        return Stop(signal, exit_code, _answer(asked))


def _answer(asked: "Future[Answer]") -> Answer | None:
    try:
        return asked.result()
    except CheckFailed:  # the service had ended before it answered
        return None
