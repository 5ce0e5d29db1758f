"""Ctrl-C and SIGTERM are one thing: what was made is taken away, and what is known is reported."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def heed_signals() -> None:
    """Have both raise KeyboardInterrupt in the main thread, whatever whoever started us left them at."""
    for number in SIGNALS:
        signal.signal(number, _stop)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Finish what is begun here, and be interrupted then.

    An engine that was asked to make something makes it, whether or not somebody still waits for the answer:
    whoever does not wait cannot take it away again.
    """
    if threading.current_thread() is not threading.main_thread():  # signals never come to any other
        yield
        return
    came = list[int]()
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            _stop(came[0], None)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)
