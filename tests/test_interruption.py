"""A signal waits for what must not be left half done."""

import signal
import threading

import pytest

from checks.interruption import SIGNALS, uninterrupted


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
