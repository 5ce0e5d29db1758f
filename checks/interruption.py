"""Ctrl-C and SIGTERM are one thing: what was made is taken away, and what is known is reported."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SOON_SECONDS = 0.01
_CAME: list[int] = []  # the signals that were raised in this process


def heed_signals() -> None:
    """Have both raise KeyboardInterrupt in the main thread, whatever whoever started us left them at."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    sys.unraisablehook = _send_again


def _send_again(dropped: "sys.UnraisableHookArgs") -> None:
    """Send a signal anew that Python has dropped, since it came within a callback of the garbage collector."""
    if isinstance(dropped.exc_value, KeyboardInterrupt) and dropped.exc_value.args:
        number, soon = signal.Signals[str(dropped.exc_value.args[0])], SOON_SECONDS
        while not _sent_in(soon, number):
            soon *= 2
    else:
        sys.__unraisablehook__(dropped)


def _sent_in(seconds: float, number: int) -> bool:
    """Send it once we are out of the callback; False if it came while we were in here, where it is lost again."""
    again = threading.Timer(seconds, os.kill, (os.getpid(), number))
    again.daemon = True
    try:
        again.start()  # waits for the thread, which may take longer than `seconds` on a busy machine
    except KeyboardInterrupt:
        return False
    return True


def is_interruption(error: BaseException) -> bool:
    """Whether a signal is behind it: once one has come, any error is taken for its work.

    What a signal interrupts may raise another error, with no trace of it: Python before 3.12 where a class gets its
    names, and a library in Rust where it imports something (`PanicException`, which is no `Exception`).
    """
    return isinstance(error, KeyboardInterrupt) or bool(_CAME)


def end_with(status: Callable[[], int]) -> NoReturn:
    """End the process with what `status` returns, whatever signals have come or come now.

    CPython ends by SIGINT once a KeyboardInterrupt has gone through `exec`, although it was caught: that is where
    dataclasses are made (`unhandled_keyboard_interrupt` in its pythonrun.c). And while it shuts down, a signal has
    its default action again. So the last that is done at exit is to leave at once.
    """
    found = [1]
    atexit.register(partial(_leave, found))  # what is registered first is called last
    try:
        sys.exit(status())
    except SystemExit as ended:
        found[0] = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _leave(status: Sequence[int]) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # closed, or nobody reads it
            stream.flush()
    os._exit(status[0])


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
    _CAME.append(number)
    raise KeyboardInterrupt(signal.Signals(number).name)
