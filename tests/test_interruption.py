"""A signal waits until work that must not be interrupted is complete."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from checks.commands.status import NOT_GRADED
from checks.interruption import SIGNALS, SOON_SECONDS, uninterrupted
from checks.lab import ROOT


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_interrupts_at_the_end(number: signal.Signals) -> None:
    done = list[str]()
    with pytest.raises(KeyboardInterrupt, match=number.name):
        _make(number, done)
    assert done == ["made"]


def test_a_signal_outlives_an_error() -> None:
    with pytest.raises(KeyboardInterrupt):
        _make(signal.SIGTERM, None)


def _make(number: signal.Signals, done: list[str] | None) -> None:
    with uninterrupted():
        signal.raise_signal(number)
        assert done is not None
        done.append("made")


def test_everything_is_as_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with uninterrupted():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_another_thread_is_never_interrupted() -> None:
    done = list[str]()

    def make() -> None:
        with uninterrupted():
            done.append("made")

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert done == ["made"]


PROGRAM = """
import atexit, signal
from checks.interruption import end_with, heed_signals

def work():
    heed_signals()
    try:
        {work}
    except KeyboardInterrupt:
        pass
    return 3

end_with(work)
"""


@pytest.mark.parametrize(
    "work",
    [
        "signal.raise_signal(signal.SIGTERM)",
        "exec('signal.raise_signal(signal.SIGINT)')",  # as where a dataclass is made
        "eval('signal.raise_signal(signal.SIGTERM)')",
        "atexit.register(signal.raise_signal, signal.SIGINT)",
        "atexit.register(signal.raise_signal, signal.SIGTERM)",
    ],
)
def test_the_status_is_ours(tmp_path: Path, work: str) -> None:
    """Wherever a signal comes, until the process has ended."""
    (tmp_path / "program.py").write_text(PROGRAM.format(work=work))
    words = [sys.executable, "-m", "program"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(words, cwd=tmp_path, env=environment, check=False).returncode == NOT_GRADED


@pytest.mark.parametrize(
    ("words", "status"),
    [([], 2), (["--help"], 0), (["grade", "x", "--jobs", "0"], 2), (["grade", "/no/such"], 2)],
)
def test_wrong_usage_has_its_own_status(words: list[str], status: int) -> None:
    command = [sys.executable, "-m", "checks", *words]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == status


ANOTHER_ERROR = """
import signal, sys
from checks import __main__ as program

class Panic(BaseException):
    pass

def grade(arguments):
    {work}
    raise {error}

program.declarations = lambda words: [
    lambda commands: commands.add_parser("grade").set_defaults(command=grade)
]
sys.exit(program.main(["grade"]))
"""
CAUGHT = """
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize("error", ["ValueError", "Panic", "RuntimeError from KeyboardInterrupt()"])
@pytest.mark.parametrize("work", [CAUGHT, "pass"])
def test_an_interruption_may_raise_another_error(work: str, error: str) -> None:
    """As Python before 3.12 does where a class gets its names, and a library in Rust that imports something."""
    program = ANOTHER_ERROR.format(work=work, error=error)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == NOT_GRADED
    assert ("interrupted" in done.stderr) == (work == CAUGHT)
    assert ("Traceback" in done.stderr) == (work != CAUGHT)


IN_A_CALLBACK = """
import signal, sys, threading, time, weakref
from checks.interruption import heed_signals
heed_signals()

delays, start = [float(sys.argv[1])], threading.Thread.start

def start_late(thread):
    start(thread)
    time.sleep(delays.pop() if delays else 0)

threading.Thread.start = start_late

class Thing: pass

thing = Thing()
kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))
try:
    del thing
    time.sleep(10)
except KeyboardInterrupt as came:
    print(came)
"""


@pytest.mark.parametrize("delay", [0, 50 * SOON_SECONDS], ids=["at ease", "on a busy machine"])
def test_a_signal_in_a_callback_of_the_garbage_collector_is_not_lost(delay: float) -> None:
    words = [sys.executable, "-c", IN_A_CALLBACK, str(delay)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("SIGTERM\n", "")
