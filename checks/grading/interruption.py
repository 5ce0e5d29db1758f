"""Ctrl-C and SIGTERM are one thing: what was made is taken away, and what is known is reported."""

import signal
from types import FrameType
from typing import NoReturn


def heed_signals() -> None:
    """Have both raise KeyboardInterrupt in the main thread, whatever whoever started us left them at."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt(signal.Signals(number).name)
